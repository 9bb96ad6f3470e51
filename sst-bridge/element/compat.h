#pragma once

#include <type_traits>

// What SST spells differently between version 15 and 16.
namespace dilaton::sst {

// A handler that calls `Function` of a `Class`, with a `Data` that was given beforehand. From SST
// 16 on its name is Handler; before, Handler was something else, and this one Handler2.
template <typename Owner, typename Class, auto Function, typename Data = void, typename = void>
struct HandlerOf {
    using Type = typename Owner::template Handler2<Class, Function, Data>;
};

template <typename Owner, typename Class, auto Function, typename Data>
struct HandlerOf<Owner, Class, Function, Data,
                 std::void_t<typename Owner::template Handler<Class, Function, Data>>> {
    using Type = typename Owner::template Handler<Class, Function, Data>;
};

template <typename Owner, typename Class, auto Function, typename Data = void>
using Handler = typename HandlerOf<Owner, Class, Function, Data>::Type;

}  // namespace dilaton::sst
