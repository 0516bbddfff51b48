/* Names of classes. */
#include "app/networks/labels.h"

#include <string.h>

#include "tests/support/test.h"

static char why[256];

TEST(labels_every_class_is_found_by_the_names_it_shares_with_none)
{
	char names[LABELS_LENGTH];
	int shared = 0;
	for (int i = 0; i < LABELS_IMAGENET; i++) {
		labels_imagenet(i, names);
		names[strcspn(names, ",")] = '\0';
		int found = labels_find(names, why, sizeof(why));
		shared += found < 0;
		CHECK_MESSAGE(found == i || (found < 0 && strstr(why, "give the number")),
		              "%s is %d, not %d", names, found, i);
	}
	/* Counted in the list: cranes, maillots, sunglasses and the like. */
	CHECK_MESSAGE(shared == 13, "%d names are shared", shared);
}

TEST(labels_of_a_class_are_its_first_name_where_the_network_is_of_imagenet)
{
	char name[LABELS_LENGTH];
	labels_of_class(281, LABELS_IMAGENET, name);
	CHECK(!strcmp(name, "tabby"));
	labels_of_class(281, 365, name);
	CHECK(!name[0]);
	labels_of_class(LABELS_IMAGENET, LABELS_IMAGENET, name);
	CHECK(!name[0]);
}

TEST(labels_any_name_will_do_in_any_case)
{
	CHECK(labels_find("tabby", why, sizeof(why)) == 281);
	CHECK(labels_find("TABBY CAT", why, sizeof(why)) == 281);
	CHECK(labels_find("toilet tissue", why, sizeof(why)) == 999);
	CHECK(labels_find("Tinca tinca", why, sizeof(why)) == 0);
}

TEST(labels_that_are_none_suggest_others)
{
	CHECK(labels_find("cat", why, sizeof(why)) < 0);
	CHECK(!strncmp(why, "\"cat\": no such class; did you mean ", 35));
	CHECK(strstr(why, "tabby cat") && strstr(why, "Siamese cat") && strchr(why, '?'));
	CHECK(labels_find("goldfsh", why, sizeof(why)) < 0 && strstr(why, "mean goldfish"));
	CHECK(labels_find("", why, sizeof(why)) < 0);
	char small[8];
	CHECK(labels_find("cat", small, sizeof(small)) < 0 && strlen(small) == 7);
}
