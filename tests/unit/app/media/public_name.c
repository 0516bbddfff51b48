#include "app/media/public_name.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/test.h"

TEST(names_are_shown_without_what_gives_access)
{
	static const char *const cases[][2] = {
		{"clip.mp4", "clip.mp4"},
		{"rtsp://anna:secret@host:554/door", "rtsp://host:554/door"},
		{"rtsp://an@na:se@cret@host/x@y", "rtsp://host/x@y"},
		{"srt://host:9000?passphrase=secret&streamid=secret", "srt://host:9000"},
		{"rtmp://host/live/secret", "rtmp://host/live"},
		{"rtmps://anna:secret@host:443/live2/secret?token=secret",
	         "rtmps://host:443/live2"},
		{"rtmp://host/live", "rtmp://host/live"},
		{"https://host/a/b.m3u8?secret", "https://host/a/b.m3u8"},
		{"cannot open 'rtmp://host/live/secret': no", "cannot open 'rtmp://host/live': no"},
		{"from rtsp://a:secret@b to rtmp://c/d/secret gone",
	         "from rtsp://b to rtmp://c/d gone"},
		{"://", "://"},
		{"", ""},
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *shown = public_name(cases[i][0]);
		CHECK_MESSAGE(shown && !strcmp(shown, cases[i][1]), "%s", shown);
		free(shown);
	}
}
