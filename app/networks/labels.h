/* What the outputs of a classifier are called. */
#ifndef APP_NETWORKS_LABELS_H
#define APP_NETWORKS_LABELS_H

enum { LABELS_IMAGENET = 1000, LABELS_LENGTH = 128 };

/* assets/imagenet_labels: the 1000 classes of ImageNet's challenge, a line each, in the order that
 * Caffe's and torchvision's networks have. */
extern const char labels_imagenet_text[];

/* Writes the name of a class, 0 to LABELS_IMAGENET - 1, cut to fit; empty for another number. */
void labels_imagenet(int number, char name[LABELS_LENGTH]);

#endif
