/* The OpenCL sources of shaders/, embedded at build time by shaders/embed.sh. */
#ifndef ENGINE_OPENCL_SHADER_SOURCES_H
#define ENGINE_OPENCL_SHADER_SOURCES_H

struct shader_source {
	const char *name; /* file name without .cl; NULL ends the list */
	const char *text;
};

extern const struct shader_source shader_sources[];

#endif
