"""A vCPU of Dilaton's as a SimObject, in a gem5 that was built with the bridge."""

from m5.objects.ExternalMaster import ExternalMaster
from m5.params import *


class VmmSide(ScopedEnum):
    vals = ["data", "instruction"]


class VmmCaches(ScopedEnum):
    vals = ["front", "behind", "none", "ruby"]


class VmmBridge(ExternalMaster):
    type = "VmmBridge"
    cxx_header = "vmm_bridge/VmmBridge.h"
    cxx_class = "vmm_bridge::VmmBridge"

    vcpu = Param.Unsigned(0, "Number of the vCPU that is behind the port")
    vcpus = Param.Unsigned(1, "Number of the board's vCPUs")
    side = Param.VmmSide("data", "What the port is for")
    caches = Param.VmmCaches(
        "front",
        "Where the vCPU's caches are: in front of the port, in Dilaton;"
        " behind it, in gem5, classic or Ruby's; or nowhere",
    )
