/* The channels that a drifting dream favours. */
#include "engine/network/channel_weights.h"

#include <math.h>

#include "tests/support/device_fixture.h"
#include "tests/support/test.h"

enum { CHANNELS = 37, PADDED = 48 };

TEST(a_favour_begins_even_and_moves_slowly)
{
	for (int c = 0; c < 500; c++) {
		CHECK(channel_weights_find(1, c, 0) == 1);
		for (int i = 0; i < 2000; i++) {
			double share = (double)channel_weights_find(1, c, i * 0.1);
			double next = (double)channel_weights_find(1, c, (i + 1) * 0.1);
			CHECK(share >= 0.0999 && share <= 1.9001);
			CHECK(fabs(next - share) < 0.05);
		}
	}
}

/* Over a few minutes each channel has its time, and no two go together. */
TEST(a_favour_comes_to_every_channel)
{
	for (int c = 0; c < 100; c++) {
		double least = 2, most = 0, apart = 0;
		for (int i = 0; i < 600; i++) {
			double share = (double)channel_weights_find(7, c, i * 0.5);
			least = fmin(least, share);
			most = fmax(most, share);
			apart +=
				fabs(share - (double)channel_weights_find(7, c + 1, i * 0.5)) / 600;
		}
		CHECK(least < 0.15 && most > 1.85);
		CHECK_MESSAGE(apart > 0.05, "channels %d and %d are %.3f apart", c, c + 1, apart);
	}
}

TEST(a_favour_follows_its_seed)
{
	int same = 0;

	for (int c = 0; c < 100; c++) {
		CHECK(channel_weights_find(3, c, 20) == channel_weights_find(3, c, 20));
		same += fabs((double)channel_weights_find(3, c, 20) -
		             (double)channel_weights_find(4, c, 20)) < 0.01;
	}
	CHECK_MESSAGE(same < 10, "%d of 100 channels are the same with another seed", same);
}

/* What lies past the last channel is never written. */
TEST(a_favour_reaches_the_device)
{
	struct recording recording;
	struct channel_weights favour;
	float table[PADDED];
	rv_error error = {0};

	if (!recording_start(&recording))
		return;
	channel_weights_create(&favour, &recording.recorder, CHANNELS);
	REQUIRE(recording_read(&recording, favour.table, table, sizeof(table)));
	for (int i = 0; i < PADDED; i++)
		CHECK(table[i] == 1);
	for (int round = 0; round < 3; round++) {
		double wandered = round == 2 ? 0 : 12.5;
		CHECK(channel_weights_wander(&favour, fixture_device()->queue, 5, wandered,
		                             &error) == RV_OK);
		REQUIRE(recording_read(&recording, favour.table, table, sizeof(table)));
		for (int i = 0; i < PADDED; i++)
			CHECK(table[i] ==
			      (i < CHANNELS ? channel_weights_find(5, i, wandered) : 1));
	}
	channel_weights_release(&favour);
	recording_end(&recording);
}
