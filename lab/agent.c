// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The first and only process of a machine in the laboratory: it loads BPF objects with libbpf, makes the events happen
// that they wait for, and compares what they counted.
//
// It reads /cases/script, a line at a time. A line is a command and its words; `COMMANDS` at the end of this file is the
// list. A case runs from `case NAME` to the next one; the first command of a case that fails ends it. To the console go
//
//     ok NAME
//     FAIL NAME: REASON
//     refused NAME
//     # whatever the kernel's checker had to say
//     RESULT PASS|FAIL: N of M
//
// and then the machine is switched off. Nothing here knows a case.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_WORDS 16
#define MAX_LINKS 64
#define LOG_SIZE (1 << 20)

// ---- the case at hand ------------------------------------------------------------------------------------------------------

static struct {
	char name[256];
	struct bpf_object *object;
	struct bpf_link *links[MAX_LINKS];
	int link_count;
	/// Its fate is known; what is left of it is passed over.
	bool decided;
} now;

static int cases, failures;
/// Failures are tried again, and not yet told.
static bool patient;
static char verifier_log[LOG_SIZE];

/// Ends the case at hand with a reason.
static bool fail(const char *format, ...)
{
	va_list args;

	if (patient)
		return false;
	va_start(args, format);
	printf("FAIL %s: ", now.name);
	vprintf(format, args);
	printf("\n");
	va_end(args);
	now.decided = true;
	failures++;
	return false;
}

static void forget_object(void)
{
	for (int i = 0; i < now.link_count; i++)
		bpf_link__destroy(now.links[i]);
	now.link_count = 0;
	bpf_object__close(now.object);
	now.object = NULL;
}

static void finish_case(void)
{
	if (!now.name[0])
		return;
	if (!now.decided)
		printf("ok %s\n", now.name);
	forget_object();
	now.name[0] = 0;
}

static bool begin_case(int count, char **words)
{
	finish_case();
	now.decided = false;
	snprintf(now.name, sizeof(now.name), "%s", words[1]);
	cases++;
	return true;
}

// ---- numbers and bytes -----------------------------------------------------------------------------------------------------

static bool holds(__u64 left, const char *op, const char *right)
{
	__u64 value = strtoull(right, NULL, 0);

	if (right[0] == '-')
		value = strtoll(right, NULL, 0);
	if (!strcmp(op, "=="))
		return left == value;
	if (!strcmp(op, "!="))
		return left != value;
	if (!strcmp(op, ">="))
		return left >= value;
	if (!strcmp(op, "<="))
		return left <= value;
	return false;
}

static bool expect(const char *what, __u64 found, const char *op, const char *wanted)
{
	if (holds(found, op, wanted))
		return true;
	return fail("%s is %llu (%#llx), not %s %s", what, found, found, op, wanted);
}

/// An integer of `size` bytes in the machine's own order.
static __u64 integer_at(const void *bytes, __u32 size)
{
	switch (size) {
	case 1:
		return *(const __u8 *)bytes;
	case 2:
		return *(const __u16 *)bytes;
	case 4:
		return *(const __u32 *)bytes;
	default:
		return *(const __u64 *)bytes;
	}
}

/// Two hexadecimal digits a byte; returns how many bytes there were.
static int bytes_from_hex(const char *text, __u8 *bytes, int room)
{
	int count = 0;
	unsigned int byte;

	while (count < room && sscanf(text + 2 * count, "%2x", &byte) == 1)
		bytes[count++] = byte;
	return count;
}

// ---- objects ---------------------------------------------------------------------------------------------------------------

static bool open_object(int count, char **words)
{
	LIBBPF_OPTS(bpf_object_open_opts, opts, .kernel_log_buf = verifier_log, .kernel_log_size = sizeof(verifier_log));

	forget_object();
	verifier_log[0] = 0;
	now.object = bpf_object__open_file(words[1], &opts);
	if (!now.object)
		return fail("libbpf cannot read %s: %s", words[1], strerror(errno));
	return true;
}

static void print_log(void)
{
	char *line, *rest = verifier_log;
	size_t length = strlen(verifier_log);

	if (length > 3000)
		rest += length - 3000;
	while ((line = strsep(&rest, "\n")))
		if (*line)
			printf("# %s\n", line);
}

static bool load(int count, char **words)
{
	if (bpf_object__load(now.object)) {
		int reason = errno;

		fail("the kernel refuses it: %s", strerror(reason));
		print_log();
		return false;
	}
	return true;
}

static void interrupt(int signal)
{
}

/// `try-load`: a program that the kernel may refuse; then that is all there is to say. The checker gives up when a signal comes
/// (libbpf tries five times), so that nobody waits for a million instructions.
static bool try_load(int count, char **words)
{
	struct itimerval patience = {{0, 200 * 1000}, {0, 200 * 1000}}, none = {};
	int refused;

	signal(SIGALRM, interrupt);
	setitimer(ITIMER_REAL, &patience, NULL);
	refused = bpf_object__load(now.object);
	setitimer(ITIMER_REAL, &none, NULL);
	if (!refused)
		return true;
	printf("refused %s\n", now.name);
	now.decided = true;
	return false;
}

/// `refuse [TEXT]`: the kernel must not take the object, and must say TEXT.
static bool refuse(int count, char **words)
{
	if (!bpf_object__load(now.object))
		return fail("the kernel takes what it should refuse");
	if (count > 1 && !strstr(verifier_log, words[1])) {
		fail("refused without saying \"%s\"", words[1]);
		print_log();
		return false;
	}
	return true;
}

/// `skip-program NAME`: leaves a program out before loading.
static bool skip_program(int count, char **words)
{
	struct bpf_program *program = bpf_object__find_program_by_name(now.object, words[1]);

	if (!program)
		return fail("no program %s", words[1]);
	bpf_program__set_autoload(program, false);
	return true;
}

// ---- attaching -------------------------------------------------------------------------------------------------------------

static bool keep_link(const char *name, struct bpf_link *link)
{
	if (!link)
		return fail("%s cannot be attached: %s", name, strerror(errno));
	if (now.link_count == MAX_LINKS)
		return fail("more than %d programs attached", MAX_LINKS);
	now.links[now.link_count++] = link;
	return true;
}

static struct bpf_program *program_named(const char *name)
{
	struct bpf_program *program = bpf_object__find_program_by_name(now.object, name);

	if (!program)
		fail("no program %s", name);
	return program;
}

/// `attach`: every program and every struct_ops map, as its section says.
static bool attach(int count, char **words)
{
	struct bpf_program *program;
	struct bpf_map *map;

	bpf_object__for_each_program(program, now.object) {
		enum bpf_prog_type type = bpf_program__type(program);

		if (!bpf_program__autoload(program) || type == BPF_PROG_TYPE_STRUCT_OPS)
			continue;
		if (!keep_link(bpf_program__name(program), bpf_program__attach(program)))
			return false;
	}
	bpf_object__for_each_map(map, now.object)
		if (bpf_map__type(map) == BPF_MAP_TYPE_STRUCT_OPS &&
		    !keep_link(bpf_map__name(map), bpf_map__attach_struct_ops(map)))
			return false;
	return true;
}

/// `attach-xdp PROGRAM INTERFACE`
static bool attach_xdp(int count, char **words)
{
	struct bpf_program *program = program_named(words[1]);

	return program && keep_link(words[1], bpf_program__attach_xdp(program, if_nametoindex(words[2])));
}

/// `attach-cgroup PROGRAM`: to the root of all control groups.
static bool attach_cgroup(int count, char **words)
{
	struct bpf_program *program = program_named(words[1]);
	int group = open("/sys/fs/cgroup", O_RDONLY);
	bool done = program && keep_link(words[1], bpf_program__attach_cgroup(program, group));

	close(group);
	return done;
}

/// `attach-tcx PROGRAM INTERFACE`: to what comes in there.
static bool attach_tcx(int count, char **words)
{
	struct bpf_program *program = program_named(words[1]);

	return program && keep_link(words[1], bpf_program__attach_tcx(program, if_nametoindex(words[2]), NULL));
}

static int socket_of_filter = -1;

/// `attach-socket PROGRAM`: to the socket that `trigger datagram` sends to.
static bool attach_socket(int count, char **words)
{
	struct bpf_program *program = program_named(words[1]);
	struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(4242), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd;

	if (!program)
		return false;
	fd = bpf_program__fd(program);
	if (socket_of_filter >= 0)
		close(socket_of_filter);
	socket_of_filter = socket(AF_INET, SOCK_DGRAM, 0);
	if (bind(socket_of_filter, (struct sockaddr *)&here, sizeof(here)))
		return fail("no socket: %s", strerror(errno));
	if (setsockopt(socket_of_filter, SOL_SOCKET, SO_ATTACH_BPF, &fd, sizeof(fd)))
		return fail("%s cannot be attached: %s", words[1], strerror(errno));
	return true;
}

// ---- making things happen --------------------------------------------------------------------------------------------------

/// What uprobes are put on; found by its symbol.
__attribute__((noinline)) int lab_probe_me(int number)
{
	asm volatile("" : "+r"(number));
	return number + 1;
}

static void send_datagram(int port)
{
	struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	sendto(fd, "bpfcc-lab", 9, 0, (struct sockaddr *)&there, sizeof(there));
	close(fd);
}

/// A datagram to a port where nobody listens: the kernel drops it.
static void trigger_drop(void)
{
	send_datagram(9);
}

/// A datagram to the socket of `attach-socket`.
static void trigger_datagram(void)
{
	send_datagram(4242);
}

static void trigger_getpid(void)
{
	getppid();
}

static void trigger_open(void)
{
	close(open("/cases/script", O_RDONLY));
}

static void trigger_unlink(void)
{
	close(open("/lab-file", O_CREAT | O_WRONLY, 0600));
	unlink("/lab-file");
}

static void trigger_mkdir(void)
{
	/* By its number: some architectures have no other, and the C library takes its choice on those that do. */
	syscall(SYS_mkdirat, AT_FDCWD, "/lab-folder", 0700);
	rmdir("/lab-folder");
}

static void trigger_fork(void)
{
	int child = fork();

	if (!child)
		_exit(7);
	waitpid(child, NULL, 0);
}

/// Runs this program again in a child; `main` leaves at once when it is not the first process.
static void trigger_exec(void)
{
	int child = fork();

	if (!child) {
		execl("/init", "lab-child", NULL);
		_exit(1);
	}
	waitpid(child, NULL, 0);
}

static void trigger_sleep(void)
{
	usleep(20 * 1000);
}

static void trigger_uprobe(void)
{
	lab_probe_me(41);
}

/// A TCP connection to ourselves, some bytes through it, over the congestion control `bpfcc_lab` where there is one.
static void trigger_tcp(void)
{
	struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(here);
	int server = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0), peer;
	char byte = 'x';

	setsockopt(client, IPPROTO_TCP, TCP_CONGESTION, "bpfcc_lab", 9);
	bind(server, (struct sockaddr *)&here, sizeof(here));
	listen(server, 1);
	getsockname(server, (struct sockaddr *)&here, &length);
	connect(client, (struct sockaddr *)&here, sizeof(here));
	peer = accept(server, NULL, NULL);
	if (write(client, &byte, 1) != 1 || read(peer, &byte, 1) != 1)
		printf("# no byte came through\n");
	close(peer);
	close(client);
	close(server);
}

static const struct {
	const char *name;
	void (*happen)(void);
} TRIGGERS[] = {
	{"drop", trigger_drop},     {"datagram", trigger_datagram}, {"getppid", trigger_getpid}, {"open", trigger_open},
	{"unlink", trigger_unlink}, {"mkdir", trigger_mkdir},       {"fork", trigger_fork},      {"exec", trigger_exec},
	{"sleep", trigger_sleep},   {"uprobe", trigger_uprobe},     {"tcp", trigger_tcp},
};

/// `trigger WHAT [TIMES]`
static bool trigger(int count, char **words)
{
	int times = count > 2 ? atoi(words[2]) : 1;

	for (size_t i = 0; i < sizeof(TRIGGERS) / sizeof(TRIGGERS[0]); i++) {
		if (strcmp(TRIGGERS[i].name, words[1]))
			continue;
		while (times--)
			TRIGGERS[i].happen();
		return true;
	}
	return fail("nothing is called %s here", words[1]);
}

// ---- what they counted -----------------------------------------------------------------------------------------------------

/// The variable of that name in one of the data sections: its map, offset and size.
static bool find_variable(const char *name, struct bpf_map **map, __u32 *offset, __u32 *size)
{
	const struct btf *btf = bpf_object__btf(now.object);
	__u32 types = btf ? btf__type_cnt(btf) : 0;

	for (__u32 id = 1; id < types; id++) {
		const struct btf_type *section = btf__type_by_id(btf, id);
		const struct btf_var_secinfo *member = btf_var_secinfos(section);

		if (!btf_is_datasec(section))
			continue;
		for (int i = 0; i < btf_vlen(section); i++, member++) {
			const struct btf_type *variable = btf__type_by_id(btf, member->type);

			if (strcmp(btf__name_by_offset(btf, variable->name_off), name))
				continue;
			*map = bpf_object__find_map_by_name(now.object, btf__name_by_offset(btf, section->name_off));
			*offset = member->offset;
			*size = member->size;
			return *map != NULL;
		}
	}
	return fail("no variable %s", name);
}

/// `var NAME[+OFFSET] OP VALUE`, the offset in elements of eight bytes
static bool check_variable(int count, char **words)
{
	char name[128], *index;
	struct bpf_map *map = NULL;
	__u32 offset = 0, size = 0, key = 0;
	__u8 *value;
	bool good;

	snprintf(name, sizeof(name), "%s", words[1]);
	index = strchr(name, '+');
	if (index)
		*index++ = 0;
	if (!find_variable(name, &map, &offset, &size))
		return false;
	if (index) {
		offset += 8 * atoi(index);
		size = 8;
	}
	value = calloc(1, bpf_map__value_size(map));
	if (bpf_map_lookup_elem(bpf_map__fd(map), &key, value))
		good = fail("%s cannot be read: %s", words[1], strerror(errno));
	else
		good = expect(words[1], integer_at(value + offset, size), words[2], words[3]);
	free(value);
	return good;
}

/// Reads one element; per-CPU values are added up.
static __u64 element(const struct bpf_map *map, const void *key, bool *found)
{
	int cpus = libbpf_num_possible_cpus();
	__u32 size = bpf_map__value_size(map), step = (size + 7) & ~7u;
	__u8 *value = calloc(cpus, step);
	enum bpf_map_type type = bpf_map__type(map);
	bool per_cpu = type == BPF_MAP_TYPE_PERCPU_ARRAY || type == BPF_MAP_TYPE_PERCPU_HASH || type == BPF_MAP_TYPE_LRU_PERCPU_HASH;
	__u64 sum = 0;

	*found = !bpf_map_lookup_elem(bpf_map__fd(map), key, value);
	for (int cpu = 0; *found && cpu < (per_cpu ? cpus : 1); cpu++)
		sum += integer_at(value + cpu * step, size);
	free(value);
	return sum;
}

static struct bpf_map *map_named(const char *name)
{
	struct bpf_map *map = bpf_object__find_map_by_name(now.object, name);

	if (!map)
		fail("no map %s", name);
	return map;
}

/// `map NAME KEY OP VALUE`, the key an integer as large as the map's, the value the first integer of the element
static bool check_element(int count, char **words)
{
	struct bpf_map *map = map_named(words[1]);
	__u64 key = strtoull(words[2], NULL, 0), value;
	__u32 key_small = key;
	bool found;

	if (!map)
		return false;
	value = element(map, bpf_map__key_size(map) == 4 ? (void *)&key_small : &key, &found);
	if (!found)
		return fail("%s has no %s", words[1], words[2]);
	return expect(words[1], value, words[3], words[4]);
}

/// `sum MAP OP VALUE`: over all its elements
static bool check_sum(int count, char **words)
{
	struct bpf_map *map = map_named(words[1]);
	__u8 key[512];
	void *previous = NULL;
	__u64 sum = 0;
	bool found;

	if (!map)
		return false;
	while (!bpf_map_get_next_key(bpf_map__fd(map), previous, key)) {
		sum += element(map, key, &found);
		previous = key;
	}
	return expect(words[1], sum, words[2], words[3]);
}

static int count_record(void *context, void *data, size_t size)
{
	++*(__u64 *)context;
	return 0;
}

/// `records MAP OP VALUE`: how many records wait in a ring buffer; they are taken out
static bool check_records(int count, char **words)
{
	struct bpf_map *map = map_named(words[1]);
	struct ring_buffer *ring;
	__u64 records = 0;

	if (!map)
		return false;
	ring = ring_buffer__new(bpf_map__fd(map), count_record, &records, NULL);
	if (!ring)
		return fail("%s cannot be read: %s", words[1], strerror(errno));
	ring_buffer__consume(ring);
	ring_buffer__free(ring);
	return expect(words[1], records, words[2], words[3]);
}

static __u64 samples, lost_samples;

static void count_sample(void *context, int cpu, void *data, __u32 size)
{
	samples++;
}

static void count_lost(void *context, int cpu, __u64 count)
{
	lost_samples += count;
}

static struct perf_buffer *samples_buffer;

/// `listen MAP`: opens a perf event array for `samples`
static bool listen_samples(int count, char **words)
{
	struct bpf_map *map = map_named(words[1]);

	if (!map)
		return false;
	samples = lost_samples = 0;
	samples_buffer = perf_buffer__new(bpf_map__fd(map), 8, count_sample, count_lost, NULL, NULL);
	return samples_buffer ? true : fail("%s cannot be listened to: %s", words[1], strerror(errno));
}

/// `samples OP VALUE`: how many arrived since `listen`
static bool check_samples(int count, char **words)
{
	perf_buffer__consume(samples_buffer);
	perf_buffer__free(samples_buffer);
	samples_buffer = NULL;
	return expect("samples", samples + lost_samples, words[1], words[2]);
}

/// `iterate PROGRAM TEXT`: what the iterator prints must contain TEXT
static bool check_iterator(int count, char **words)
{
	struct bpf_program *program = program_named(words[1]);
	struct bpf_link *link = program ? bpf_program__attach_iter(program, NULL) : NULL;
	char text[65536];
	size_t length = 0;
	ssize_t got;
	int fd;

	if (!program || !keep_link(words[1], link))
		return false;
	fd = bpf_iter_create(bpf_link__fd(link));
	while (fd >= 0 && length < sizeof(text) - 1 && (got = read(fd, text + length, sizeof(text) - 1 - length)) > 0)
		length += got;
	text[length] = 0;
	close(fd);
	return strstr(text, words[2]) ? true : fail("%s printed %zu bytes without \"%s\"", words[1], length, words[2]);
}

/// `run PROGRAM DATA OP VALUE`: BPF_PROG_TEST_RUN with a packet in hexadecimal, `-` for none
static bool run(int count, char **words)
{
	struct bpf_program *program = program_named(words[1]);
	__u8 data[4096], out[8192];
	LIBBPF_OPTS(bpf_test_run_opts, opts, .repeat = 1);
	int error;

	if (!program)
		return false;
	if (strcmp(words[2], "-")) {
		opts.data_in = data;
		opts.data_size_in = bytes_from_hex(words[2], data, sizeof(data));
		opts.data_out = out;
		opts.data_size_out = sizeof(out);
	}
	error = bpf_prog_test_run_opts(bpf_program__fd(program), &opts);
	if (error)
		return fail("%s cannot be run: %s", words[1], strerror(-error));
	return count > 4 ? expect(words[1], opts.retval, words[3], words[4]) : true;
}

// ---- the script ------------------------------------------------------------------------------------------------------------

static const struct {
	const char *name;
	int least_words;
	bool (*run)(int count, char **words);
	/// What it looks at may still be on its way: packets are delivered later, timers expire.
	bool waits;
} COMMANDS[] = {
	{"case", 2, begin_case},
	{"open", 2, open_object},
	{"skip-program", 2, skip_program},
	{"load", 1, load},
	{"try-load", 1, try_load},
	{"refuse", 1, refuse},
	{"attach", 1, attach},
	{"attach-xdp", 3, attach_xdp},
	{"attach-tcx", 3, attach_tcx},
	{"attach-cgroup", 2, attach_cgroup},
	{"attach-socket", 2, attach_socket},
	{"trigger", 2, trigger},
	{"var", 4, check_variable, true},
	{"map", 5, check_element, true},
	{"sum", 4, check_sum, true},
	{"records", 4, check_records},
	{"listen", 2, listen_samples},
	{"samples", 3, check_samples},
	{"iterate", 3, check_iterator},
	{"run", 3, run},
};

/// Runs a command, one that waits for up to a second.
static void run_command(size_t index, int count, char **words)
{
	patient = COMMANDS[index].waits;
	for (int tries = 0; patient && tries < 100; tries++) {
		if (COMMANDS[index].run(count, words))
			break;
		usleep(10 * 1000);
	}
	patient = false;
	COMMANDS[index].run(count, words);
}

static void obey(int count, char **words)
{
	if (now.decided && strcmp(words[0], "case"))
		return;
	for (size_t i = 0; i < sizeof(COMMANDS) / sizeof(COMMANDS[0]); i++) {
		if (strcmp(COMMANDS[i].name, words[0]))
			continue;
		if (count < COMMANDS[i].least_words)
			fail("%s needs %d words", words[0], COMMANDS[i].least_words - 1);
		else
			run_command(i, count, words);
		return;
	}
	fail("no command %s", words[0]);
}

static void follow_script(FILE *script)
{
	char *line = NULL;
	size_t room = 0;

	while (getline(&line, &room, script) > 0) {
		char *words[MAX_WORDS], *rest = line;
		int count = 0;

		for (char *word; count < MAX_WORDS && (word = strsep(&rest, " \n"));)
			if (*word)
				words[count++] = word;
		if (count)
			obey(count, words);
	}
	finish_case();
	free(line);
}

// ---- the machine -----------------------------------------------------------------------------------------------------------

static void mount_all(void)
{
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/dev", 0755);
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("devtmpfs", "/dev", "devtmpfs", 0, NULL);
	mount("bpf", "/sys/fs/bpf", "bpf", 0, NULL);
	mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL);
	mount("debugfs", "/sys/kernel/debug", "debugfs", 0, NULL);
	mount("securityfs", "/sys/kernel/security", "securityfs", 0, NULL);
	mount("cgroup2", "/sys/fs/cgroup", "cgroup2", 0, NULL);
}

static void bring_up_loopback(void)
{
	struct ifreq request = {.ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING};
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	ioctl(fd, SIOCSIFFLAGS, &request);
	close(fd);
}

static int only_warnings(enum libbpf_print_level level, const char *format, va_list args)
{
	return level == LIBBPF_WARN && getenv("LAB_VERBOSE") ? vprintf(format, args) : 0;
}

int main(void)
{
	FILE *script;

	if (getpid() != 1)
		return 0;
	mount_all();
	bring_up_loopback();
	libbpf_set_print(only_warnings);
	setvbuf(stdout, NULL, _IOLBF, 0);
	script = fopen("/cases/script", "r");
	if (script)
		follow_script(script);
	printf("RESULT %s: %d of %d\n", script && !failures ? "PASS" : "FAIL", cases - failures, cases);
	fflush(stdout);
	sync();
	reboot(RB_POWER_OFF);
	return 0;
}
