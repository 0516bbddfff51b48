#include "engine/opencl/program.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/base/cache.h"
#include "engine/opencl/shader_sources.h"

enum { OPTIONS_LENGTH = 2048 };

static const char common_options[] = "-cl-std=CL1.2 -cl-mad-enable -cl-denorms-are-zero";

/* A new driver or a new version of a kernel leaves the programs of the old one behind. */
static const size_t disk_bytes_most = (size_t)256 << 20;

struct program {
	char *key; /* device, options and source: the name in the cache on disk */
	const char *shader;
	char options[OPTIONS_LENGTH];
	cl_program program;
	bool on_disk;
	bool refused; /* by the compiler, which is not asked again */
	struct program *next;
};

struct program_cache {
	struct device *device;
	struct program *first;
	bool worth_keeping;
};

rv_status program_cache_create(struct program_cache **cache, struct device *device, rv_error *error)
{
	*cache = calloc(1, sizeof(**cache));
	if (!*cache)
		return rv_fail(error, RV_MEMORY, "out of memory");
	(*cache)->device = device;
	return RV_OK;
}

static void program_free(struct program *program)
{
	if (program->program)
		clReleaseProgram(program->program);
	free(program->key);
	free(program);
}

static void save(struct device *device, struct program *program)
{
	size_t size = 0;
	unsigned char *binary;

	clGetProgramInfo(program->program, CL_PROGRAM_BINARY_SIZES, sizeof(size), &size, NULL);
	binary = size ? malloc(size) : NULL;
	if (!binary)
		return;
	if (clGetProgramInfo(program->program, CL_PROGRAM_BINARIES, sizeof(binary), &binary,
	                     NULL) == CL_SUCCESS)
		cache_write(device->cache_directory, "program", program->key, binary, size);
	free(binary);
	program->on_disk = true;
}

void program_cache_keep(struct device *device, bool keep)
{
	device->programs->worth_keeping = keep;
}

static void save_all(struct program_cache *cache)
{
	if (!cache->device->cache_directory[0] || !cache->worth_keeping)
		return;
	bool wrote = false;
	for (struct program *program = cache->first; program; program = program->next) {
		if (program->on_disk || program->refused)
			continue;
		save(cache->device, program);
		wrote = true;
	}
	if (wrote)
		cache_trim(cache->device->cache_directory, "program", disk_bytes_most);
}

void program_cache_destroy(struct program_cache **cache)
{
	if (!*cache)
		return;
	save_all(*cache);
	for (struct program *program = (*cache)->first, *next; program; program = next) {
		next = program->next;
		program_free(program);
	}
	free(*cache);
	*cache = NULL;
}

static const char *shader_text(const char *name)
{
	for (const struct shader_source *source = shader_sources; source->name; source++)
		if (strcmp(source->name, name) == 0)
			return source->text;
	return NULL;
}

/* Several programs of one shader differ by options alone, so the key needs both and the sources. */
static char *program_key(const struct device *device, const char *text, const char *options)
{
	uint64_t hash = CACHE_HASH_START;
	size_t size = strlen(device->key) + strlen(options) + 64;
	char *key = malloc(size);

	if (!key)
		return NULL;
	hash = cache_hash(hash, shader_text("base/common"), strlen(shader_text("base/common")));
	hash = cache_hash(hash, text, strlen(text));
	snprintf(key, size, "%s|%s|%016llx", device->key, options, (unsigned long long)hash);
	return key;
}

enum { LINE_LENGTH = 256 };

/* Copies the first line of the build log that has the word; false where none has. */
static bool find_in_log(struct device *device, const struct program *program, const char *word,
                        char line[LINE_LENGTH])
{
	size_t size = 0, length = 0;
	const char *start;
	char *log;

	line[0] = '\0';
	clGetProgramBuildInfo(program->program, device->id, CL_PROGRAM_BUILD_LOG, 0, NULL, &size);
	log = calloc(size + 1, 1);
	if (!log)
		return false;
	clGetProgramBuildInfo(program->program, device->id, CL_PROGRAM_BUILD_LOG, size, log, NULL);
	start = strstr(log, word);
	while (start && start > log && start[-1] != '\n')
		start--;
	while (start && length < LINE_LENGTH - 1 && isprint((unsigned char)start[length])) {
		line[length] = start[length];
		length++;
	}
	line[length] = '\0';
	free(log);
	return length > 0;
}

/* Says the first line of the build log that says "error", else its first line. */
static rv_status build_failed(struct device *device, const struct program *program, cl_int code,
                              rv_error *error)
{
	char line[LINE_LENGTH];

	if (!find_in_log(device, program, "error:", line))
		find_in_log(device, program, "", line);
	return rv_fail(error, RV_DEVICE, "building %s.cl (%s) failed with OpenCL error %d: %s",
	               program->shader, program->options, code, line);
}

/* True if the cache on disk held the program and the driver took it. */
static bool load_binary(struct device *device, struct program *program)
{
	cl_int status = CL_SUCCESS, code = CL_SUCCESS;
	struct cache_entry binary;

	if (!cache_find(device->cache_directory, "program", program->key, &binary))
		return false;
	program->program =
		clCreateProgramWithBinary(device->context, 1, &device->id, &binary.size,
	                                  (const unsigned char **)&binary.data, &status, &code);
	cache_release(&binary);
	if (code == CL_SUCCESS && status == CL_SUCCESS)
		code = clBuildProgram(program->program, 1, &device->id, program->options, NULL,
		                      NULL);
	if (code == CL_SUCCESS && status == CL_SUCCESS)
		return true;
	if (program->program)
		clReleaseProgram(program->program);
	program->program = NULL;
	return false;
}

static rv_status build_source(struct device *device, struct program *program, const char *text,
                              rv_error *error)
{
	const char *texts[2] = {shader_text("base/common"), text};
	cl_int code;

	program->program = clCreateProgramWithSource(device->context, 2, texts, NULL, &code);
	if (code)
		return device_fail(error, code, program->shader);
	code = clBuildProgram(program->program, 1, &device->id, program->options, NULL, NULL);
	program->refused = code == CL_BUILD_PROGRAM_FAILURE;
	return code ? build_failed(device, program, code, error) : RV_OK;
}

static rv_status program_build(struct device *device, const char *shader, const char *options,
                               struct program **out, rv_error *error)
{
	const char *text = shader_text(shader);
	struct program *program;
	rv_status status;

	if (!text)
		return rv_fail(error, RV_NOT_FOUND, "no shader called %s", shader);
	program = calloc(1, sizeof(*program));
	if (!program)
		return rv_fail(error, RV_MEMORY, "out of memory");
	program->shader = shader;
	snprintf(program->options, sizeof(program->options), "%s", options);
	program->key = program_key(device, text, options);
	if (!program->key) {
		program_free(program);
		return rv_fail(error, RV_MEMORY, "out of memory");
	}
	program->on_disk = load_binary(device, program);
	status = program->on_disk ? RV_OK : build_source(device, program, text, error);
	if (status != RV_OK && !program->refused) {
		program_free(program);
		return status;
	}
	program->next = device->programs->first;
	device->programs->first = program;
	*out = program;
	return status;
}

rv_status program_kernel(struct device *device, const char *shader, const char *options,
                         const char *kernel, cl_kernel *out, rv_error *error)
{
	char all[OPTIONS_LENGTH];
	struct program *program = device->programs->first;
	rv_status status;
	cl_int code;
	int length;

	length = snprintf(all, sizeof(all), "%s", common_options);
	if (!options || !strstr(options, "-DLANES="))
		length +=
			snprintf(all + length, sizeof(all) - length, " -DLANES=%d", device->lanes);
	length += snprintf(all + length, sizeof(all) - length, " %s", options ? options : "");
	if (length >= OPTIONS_LENGTH)
		return rv_fail(error, RV_INVALID, "%s.cl: build options too long", shader);
	while (program && (strcmp(program->shader, shader) || strcmp(program->options, all)))
		program = program->next;
	if (!program) {
		status = program_build(device, shader, all, &program, error);
		if (status != RV_OK)
			return status;
	} else if (program->refused) {
		return rv_fail(error, RV_DEVICE, "building %s.cl (%s) has failed before", shader,
		               all);
	}
	*out = clCreateKernel(program->program, kernel, &code);
	return code ? device_fail(error, code, kernel) : RV_OK;
}

static rv_status compile_alone(struct device *device, const struct shader_source *source, int lanes,
                               rv_error *error)
{
	struct program program = {.shader = source->name};
	char line[LINE_LENGTH];
	rv_status status;

	snprintf(program.options, sizeof(program.options), "%s -DLANES=%d", common_options, lanes);
	status = build_source(device, &program, source->text, error);
	if (status == RV_OK && find_in_log(device, &program, "warning:", line))
		status = rv_fail(error, RV_DEVICE, "%s.cl (%s): %s", program.shader,
		                 program.options, line);
	if (program.program)
		clReleaseProgram(program.program);
	return status;
}

rv_status program_compile_all(struct device *device, int *compiled, rv_error *error)
{
	static const int lanes[] = {4, 8, 16};
	rv_status status = RV_OK;

	*compiled = 0;
	for (const struct shader_source *source = shader_sources; source->name; source++) {
		if (strcmp(source->name, "base/common") == 0)
			continue;
		for (size_t i = 0; i < sizeof(lanes) / sizeof(lanes[0]) && status == RV_OK; i++) {
			status = compile_alone(device, source, lanes[i], error);
			*compiled += status == RV_OK;
		}
	}
	return status;
}
