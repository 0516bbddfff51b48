/* Playlists. */
#include "app/control/playlist.h"

#include <stdlib.h>

#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct playlist playlist = {.count = 0};
	rv_error error = {RV_OK, ""};
	char *text = fuzz_text(bytes, size);
	rv_status status = playlist_parse(&playlist, "a.playlist", text, &error);
	fuzz_check(status, &error);
	for (int i = 0; status == RV_OK && i < 8; i++) {
		playlist_tick(&playlist, (int64_t)i << 32);
		playlist_next(&playlist);
	}
	playlist_release(&playlist);
	free(text);
	return 0;
}
