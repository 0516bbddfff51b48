/* The grammar of what is dreamed of. */
#include "app/options/target.h"

#include <string.h>

#include "app/options/options.h"
#include "tests/support/test.h"

static struct option_targets targets;
static char why[OPTION_REASON_LENGTH];

static bool reads(const char *text)
{
	if (target_read(text, &targets, why))
		return true;
	printf("# %s: %s\n", text, why);
	return false;
}

static bool refuses(const char *text, const char *words)
{
	why[0] = '\0';
	if (!target_read(text, &targets, why) && strstr(why, words))
		return true;
	printf("# %s: %s\n", text, why);
	return false;
}

TEST(target_of_each_kind_is_read)
{
	const rv_target *target = &targets.list[0].target;

	REQUIRE(reads("layer inception_4c/output"));
	CHECK(targets.count == 1 && target->kind == RV_TARGET_LAYER && target->weight == 1);
	CHECK(!strcmp(target->layer, "inception_4c/output") && target->where == RV_EVERYWHERE);
	REQUIRE(reads("channels 11, 40,7 of mixed5"));
	CHECK(target->kind == RV_TARGET_LAYER && target->channel_count == 3);
	CHECK(target->channels[2] == 7 && !strcmp(target->layer, "mixed5"));
	REQUIRE(reads("winners"));
	CHECK(target->kind == RV_TARGET_WINNERS && !target->winners && !target->layer[0]);
	REQUIRE(reads("winners 5 of mixed8"));
	CHECK(target->winners == 5 && !strcmp(target->layer, "mixed8"));
	REQUIRE(reads("neuron 11 at .25,0.75"));
	CHECK(target->kind == RV_TARGET_NEURON && target->where == RV_AT_PLACE);
	CHECK(target->x == 0.25f && target->y == 0.75f && target->channels[0] == 11);
	REQUIRE(reads("guide my flowers.jpg of mixed5"));
	CHECK(target->kind == RV_TARGET_GUIDE && !strcmp(targets.list[0].file, "my flowers.jpg"));
	CHECK(target->power == 0);
	REQUIRE(reads("guide f.jpg power 2"));
	CHECK(target->power == 2 && !strcmp(targets.list[0].file, "f.jpg"));
	REQUIRE(reads("caricature"));
	CHECK(target->kind == RV_TARGET_CARICATURE && target->power == 2);
	REQUIRE(reads("caricature power 0.5 of mixed5"));
	CHECK(target->power == 0.5f);
	REQUIRE(reads("direction d.npy"));
	CHECK(target->kind == RV_TARGET_DIRECTION && target->power == 0);
}

TEST(target_class_is_a_label_or_a_number)
{
	const rv_target *target = &targets.list[0].target;

	REQUIRE(reads("class tabby"));
	CHECK(target->kind == RV_TARGET_CLASS && target->channel_count == 1);
	CHECK(target->channels[0] == 281);
	REQUIRE(reads("class Tiger Cat, 281, tabby cat"));
	CHECK(target->channel_count == 2 && target->channels[0] == 282);
	REQUIRE(reads("class \"jack-o'-lantern\" at 0.5,0.5 * 2"));
	CHECK(target->channels[0] == 607 && target->weight == 2);
	CHECK(refuses("class cat", "did you mean"));
	CHECK(strstr(why, "tiger cat") && strstr(why, "Siamese cat"));
	CHECK(refuses("class tabbby", "did you mean tabby"));
	CHECK(refuses("class crane", "class 134 and class 517; give the number"));
	CHECK(refuses("class tabby,", "is not a class"));
	CHECK(refuses("class 70000", "no such class"));
}

TEST(target_lists_go_on_with_a_plus)
{
	REQUIRE(reads("class tabby * 2 in mask.png + layer mixed3 * -.5 +caricature of a+b"));
	REQUIRE(targets.count == 3);
	CHECK(targets.list[0].target.where == RV_IN_MASK);
	CHECK(!strcmp(targets.list[0].mask, "mask.png") && targets.list[0].target.weight == 2);
	CHECK(targets.list[1].target.weight == -0.5f);
	CHECK(!strcmp(targets.list[2].target.layer, "a+b"));
}

TEST(target_mistakes_are_named)
{
	CHECK(refuses("", "a target is missing"));
	CHECK(refuses("layer a +", "a target is missing"));
	CHECK(refuses("clas tabby", "did you mean class?"));
	CHECK(refuses("class", "a class, by label or number is missing"));
	CHECK(refuses("class of mixed5", "is missing before of"));
	CHECK(refuses("guide", "the guide's picture is missing"));
	CHECK(refuses("layer a of b", "second layer"));
	CHECK(refuses("layer a at 0,0 in m.png", "second place"));
	CHECK(refuses("layer a at 1.5,0", "not a place"));
	CHECK(refuses("layer a at 0.5", "not a place"));
	CHECK(refuses("layer a * 0", "not a weight"));
	CHECK(refuses("layer a * nan", "not a weight"));
	CHECK(refuses("layer a power 17", "not a power"));
	CHECK(refuses("layer \"a", "not closed"));
	CHECK(refuses("caricature mixed5", "has no sense here"));
	CHECK(refuses("channels 1,x of a", "is no number of a channel"));
	CHECK(refuses("winners 0", "not a number of winners"));
	CHECK(refuses("neuron 3", "at one place"));
	CHECK(refuses(
		"layer a + layer b + layer c + layer d + layer e + layer f + layer g + layer h "
		"+ layer i",
		"more than 8"));
}

/* What is written is read as the same, and written as the same. */
TEST(target_is_written_as_it_is_read)
{
	static const char *const texts[] = {
		"layer mixed3",
		"layer \"of\" * 0.5",
		"channels 1,2,3 of mixed5 * -2",
		"winners of a",
		"winners 4",
		"neuron 7 of x at 0.25,1",
		"class tabby, tiger cat * 3",
		"class 134",
		"class 5000",
		"guide my flowers.jpg of mixed5 in a mask.png",
		"guide flowers.jpg power 2 at 0.5,0.25",
		"guide \"flowers  in  a  vase.jpg\"",
		"caricature of mixed5",
		"caricature power 0",
		"direction d.npy power 3 at 0,0",
		"layer a + layer b * 0.1 + class tabby",
	};
	char text[OPTION_VALUE_LENGTH];

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		REQUIRE(reads(texts[i]));
		target_write(&targets, text);
		CHECK_MESSAGE(!strcmp(text, texts[i]), "%s became %s", texts[i], text);
	}
}

/* ---- short forms ---- */

static struct option_dream dream;

static bool set(const char *name, const char *value)
{
	const struct option *option = option_find(name, COMMAND_DREAM);
	rv_error error = {0};

	return option &&
	       !option_parse(option, value, option_dream_place(&dream, option), "--", &error);
}

TEST(target_short_forms_stand_for_targets)
{
	struct option_targets list;
	char text[OPTION_VALUE_LENGTH];

	dream = option_dream_default();
	REQUIRE(set("layer", "mixed3:2,mixed5") && set("channels", "4,5"));
	list = option_dream_targets(&dream, "mixed7");
	target_write(&list, text);
	CHECK_MESSAGE(!strcmp(text, "channels 4,5 of mixed3 * 2 + channels 4,5 of mixed5"), "%s",
	              text);
	dream = option_dream_default();
	REQUIRE(set("guide", "f.jpg") && set("class", "tabby") && set("target", "winners * 2"));
	list = option_dream_targets(&dream, "mixed7");
	target_write(&list, text);
	CHECK_MESSAGE(!strcmp(text, "guide f.jpg of mixed7 + class tabby + winners * 2"), "%s",
	              text);
	dream = option_dream_default();
	REQUIRE(set("guide", "f.jpg") && set("guide-power", "2"));
	list = option_dream_targets(&dream, "mixed7");
	target_write(&list, text);
	CHECK_MESSAGE(!strcmp(text, "guide f.jpg of mixed7 power 2"), "%s", text);
	dream = option_dream_default();
	REQUIRE(set("class", "281,282"));
	list = option_dream_targets(&dream, "mixed7");
	target_write(&list, text);
	CHECK_MESSAGE(!strcmp(text, "class tabby, tiger cat"), "%s", text);
}

TEST(target_too_many_are_counted_but_not_written)
{
	struct option_targets list;

	dream = option_dream_default();
	REQUIRE(set("layer", "a,b,c,d,e,f,g,h") && set("class", "tabby"));
	list = option_dream_targets(&dream, "a");
	CHECK(list.count == 9);
	CHECK(option_dream_params(&dream, "a").target_count == 9);
}
