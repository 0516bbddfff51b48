/* Gives a fuzz target its seeds, tests/fuzz/seeds/TARGET/NAME, where no fuzzer does: a test for
 * each file. One that takes longer than a few seconds ends the program. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"

enum { SIZE_MOST = 1 << 20, SECONDS_MOST = 30, NAME_LENGTH = 128 };

static bool replay(const char *path)
{
	FILE *file = fopen(path, "rb");
	if (!file)
		return false;
	uint8_t *bytes = malloc(SIZE_MOST);
	size_t size = bytes ? fread(bytes, 1, SIZE_MOST, file) : 0;
	/* What reads beyond the end must leave the block for a sanitizer to see it. */
	uint8_t *exact = size ? realloc(bytes, size) : bytes;
	fclose(file);
	alarm(SECONDS_MOST);
	if (exact)
		LLVMFuzzerTestOneInput(exact, size);
	alarm(0);
	free(exact ? exact : bytes);
	return exact;
}

static int is_seed(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

int main(int count, char **words)
{
	const char *slash = count ? strrchr(words[0], '/') : NULL;
	const char *target = slash ? slash + 1 : count ? words[0] : "";
	char folder[NAME_LENGTH], path[NAME_LENGTH + 256];
	struct dirent **seeds;
	bool failed = false;
	snprintf(folder, sizeof(folder), "tests/fuzz/seeds/%s", target);
	int seed_count = scandir(folder, &seeds, is_seed, alphasort);
	for (int i = 0; i < seed_count; i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, seeds[i]->d_name);
		bool good = replay(path);
		printf("%s fuzz_%s_%s\n", good ? "ok" : "not ok", target, seeds[i]->d_name);
		fflush(stdout);
		failed |= !good;
		free(seeds[i]);
	}
	if (seed_count < 1) {
		printf("not ok fuzz_%s: there are no seeds in %s\n", target, folder);
		return 1;
	}
	free(seeds);
	return failed;
}
