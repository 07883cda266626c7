// What a word of --container may say of a container.
#pragma once

#include <string_view>

#include "format/model/event.h"

namespace ctrace {

// Does `word` mean `container`? It may be
//   its id or the beginning of its id        3f2a
//   its name                                 web
//   its image, whole or without registry     docker.io/library/nginx:1.25, nginx:1.25, nginx
//   and folder, without tag or digest
//   its image's id or digest                 sha256:3f2a
//   its pod, or the pod's uid                pod:default/web-7d9f, pod:web-7d9f
//   one of its labels                        label:tier=front, label:tier (whatever it says)
// Name, image, pod and label may be patterns (glob.h): 'web-*', 'pod:*/web-*', 'label:tier=f*'.
bool names_container(std::string_view word, const Container& container);

}  // namespace ctrace
