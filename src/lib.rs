//! bpfcc
