/* What the outputs of a classifier are called. */
#ifndef APP_NETWORKS_LABELS_H
#define APP_NETWORKS_LABELS_H

#include <stddef.h>

enum { LABELS_IMAGENET = 1000, LABELS_LENGTH = 128 };

/* assets/imagenet_labels: the 1000 classes of ImageNet's challenge, a line each, in the order that
 * Caffe's and torchvision's networks have. A line holds the names of a class, with commas between.
 */
extern const char labels_imagenet_text[];

/* Writes the names of a class, 0 to LABELS_IMAGENET - 1, cut to fit; empty for another number. */
void labels_imagenet(int number, char name[LABELS_LENGTH]);

/* Writes the first name of a class of a classifier of so many; empty where it is not of ImageNet's.
 */
void labels_of_class(int number, int count, char name[LABELS_LENGTH]);

/* The class that has this name among its own, whatever the case; else -1, and why says what is like
 * it, or which classes share the name: "cats": no such class; did you mean ...? */
int labels_find(const char *name, char *why, size_t capacity);

#endif
