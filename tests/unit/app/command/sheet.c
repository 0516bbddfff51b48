/* The sheets that atlas and probe draw their tiles on. */
#include "app/command/sheet.h"

#include <string.h>

#include "app/screen/hud_font.h"
#include "tests/support/test.h"

/* Whether any pixel of the columns from x on is as bright as letters are. */
static bool is_written(const struct hud_picture *paper, int x, int end)
{
	for (; x < end; x++)
		for (int y = 0; y < paper->height; y++)
			if (paper->rgba[4 * (y * paper->width + x)] > 200)
				return true;
	return false;
}

TEST(sheet_writes_its_title_as_large_as_it_fits)
{
	struct sheet sheet;
	char title[64] = "";
	REQUIRE(sheet_create(&sheet, "", 2, 1, NULL) == RV_OK);
	int width = sheet.paper.width;
	CHECK(!is_written(&sheet.paper, 0, width));
	sheet_release(&sheet);

	int room =
		width / HUD_FONT_ADVANCE - 2; /* small letters from edge to edge, but for margins */
	REQUIRE(room > 0 && room < (int)sizeof(title));
	memset(title, 'H', (size_t)room);
	REQUIRE(sheet_create(&sheet, title, 2, 1, NULL) == RV_OK);
	CHECK(is_written(&sheet.paper, width - 3 * HUD_FONT_ADVANCE, width));
	CHECK(!is_written(&sheet.paper, width - HUD_FONT_ADVANCE / 2, width)); /* it is not cut */
	sheet_release(&sheet);

	title[room / 2 - 1] = '\0';
	REQUIRE(sheet_create(&sheet, title, 2, 1, NULL) == RV_OK);
	CHECK(is_written(&sheet.paper, width - 5 * HUD_FONT_ADVANCE, width));
	sheet_release(&sheet);
}
