/* Structures within structures. */
#pragma once

#define __struct_group(tag, name, attributes, members...) \
	union { \
		struct { members } attributes; \
		struct tag { members } attributes name; \
	}

#define __DECLARE_FLEX_ARRAY(type, name) \
	struct { \
		struct { \
		} __empty_##name; \
		type name[]; \
	}

#ifndef __always_inline
#define __always_inline inline __attribute__((always_inline))
#endif
