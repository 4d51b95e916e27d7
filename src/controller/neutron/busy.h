// What a provider knows of one Service while a coroutine works on it.
#pragma once

namespace fairway::controller::neutron {

// Known has `busy`, and `waiting`: what is waited for, for people. Both end with this.
template <class Known>
struct Busy {
  Known& known;
  explicit Busy(Known& of) : known(of) { known.busy = true; }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;
  ~Busy() {
    known.busy = false;
    known.waiting.clear();
  }
};

}  // namespace fairway::controller::neutron
