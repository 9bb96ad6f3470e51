using Dilaton.Native;

namespace Dilaton.Translator;

/// <summary>The fixed code at the bottom of the cache: into guest code and out of it.</summary>
internal sealed class Stubs
{
    /// <summary>Site numbers that the stubs themselves use.</summary>
    public const uint IndirectMissSite = 0;
    public const uint HostFaultSite = 1;

    private const int StubAlignment = 64;

    private Stubs()
    {
    }

    /// <summary>Called with the context and a host address: loads guest state and jumps there.
    /// </summary>
    public ulong Enter { get; private set; }

    /// <summary>Saves guest state and returns the number in the context's exit field.</summary>
    public ulong Leave { get; private set; }

    /// <summary>Where the fault handler lets a faulting thread go on.</summary>
    public ulong FaultExit { get; private set; }

    /// <summary>Offset 0 of the cache: an indirect branch found no translation.</summary>
    public ulong IndirectMiss { get; private set; }

    public static Stubs Emit(X64Emitter code, CodeCache cache)
    {
        Stubs stubs = new();
        code.Begin(cache.Here);
        stubs.IndirectMiss = code.Here;
        code.Unspill(X64Emitter.Rcx);
        code.StoreContextImmediate32(VcpuContextLayout.Exit, IndirectMissSite);
        int toLeave = code.Jump();
        code.Align(StubAlignment);
        stubs.Leave = code.Here;
        code.Bind(toLeave);
        EmitLeave(code);
        code.Align(StubAlignment);
        stubs.FaultExit = code.Here;
        code.LeaveTo(stubs.Leave, HostFaultSite);
        code.Align(StubAlignment);
        stubs.Enter = code.Here;
        EmitEnter(code);
        code.Align(StubAlignment);
        cache.Append(code.Code);
        cache.KeepStubs();
        return stubs;
    }

    /// <summary>rdi = context, rsi = where to go.</summary>
    private static void EmitEnter(X64Emitter code)
    {
        code.Bytes([0x53, 0x55, 0x41, 0x54, 0x41, 0x55, 0x41, 0x56, 0x41, 0x57]); // push rbx..r15
        code.Bytes([0xF3, 0x48, 0x0F, 0xAE, 0xDF]);                    // wrgsbase rdi
        code.StoreContext(VcpuContextLayout.HostStack, X64Emitter.Rsp);
        code.StoreContext(VcpuContextLayout.Entry, 6);
        ContextForm(code, 3, VcpuContextLayout.HostMxcsr);             // stmxcsr
        code.Bytes([0x65, 0x80, 0x3C, 0x25]);                          // cmp byte gs:[x87],0
        code.Dword(VcpuContextLayout.X87Loaded);
        code.WriteByte(0);
        int withoutX87 = code.ShortJump(0x74);
        code.Bytes([0x48, 0x0F, 0xAE, 0x8F]);                          // fxrstor64 [rdi+image]
        code.Dword(VcpuContextLayout.Extended);
        code.BindShort(withoutX87);
        ContextForm(code, 2, VcpuContextLayout.Mxcsr);                 // ldmxcsr
        YmmRegisters(code, 0x6F);
        code.Bytes([0x65, 0xFF, 0x34, 0x25]);                          // push gs:[rflags]
        code.Dword(VcpuContextLayout.Rflags);
        code.WriteByte(0x9D);                                          // popfq
        for (int register = 0; register < 15; register++)
        {
            code.LoadContext(register, register * 8);
        }

        code.LoadContext(X64Emitter.Counter, VcpuContextLayout.Counter);
        code.Bytes([0x65, 0xFF, 0x24, 0x25]);                          // jmp gs:[entry]
        code.Dword(VcpuContextLayout.Entry);
    }

    private static void EmitLeave(X64Emitter code)
    {
        for (int register = 0; register < 15; register++)
        {
            code.StoreContext(register * 8, register);
        }

        code.StoreContext(VcpuContextLayout.Counter, X64Emitter.Counter);
        code.LoadContext(X64Emitter.Rsp, VcpuContextLayout.HostStack);
        code.WriteByte(0x9C);                                          // pushfq
        code.Bytes([0x65, 0x8F, 0x04, 0x25]);                          // pop gs:[rflags]
        code.Dword(VcpuContextLayout.Rflags);
        code.WriteByte(0xFC);                                          // cld
        code.LoadContext(7, VcpuContextLayout.Self);
        YmmRegisters(code, 0x7F);
        ContextForm(code, 3, VcpuContextLayout.Mxcsr);
        code.Bytes([0x65, 0x80, 0x3C, 0x25]);                          // cmp byte gs:[x87],0
        code.Dword(VcpuContextLayout.X87Loaded);
        code.WriteByte(0);
        int withoutX87 = code.ShortJump(0x74);
        code.Bytes([0x48, 0x0F, 0xAE, 0x87]);                          // fxsave64 [rdi+image]
        code.Dword(VcpuContextLayout.Extended);
        code.Bytes([0xDB, 0xE3]);                                      // fninit
        code.BindShort(withoutX87);
        ContextForm(code, 2, VcpuContextLayout.HostMxcsr);
        code.Bytes([0xC5, 0xF8, 0x77]);                                // vzeroupper
        code.Bytes([0x41, 0x5F, 0x41, 0x5E, 0x41, 0x5D, 0x41, 0x5C, 0x5D, 0x5B]);
        code.LoadContext32(X64Emitter.Rax, VcpuContextLayout.Exit);
        code.WriteByte(0xC3);
    }

    /// <summary>0F AE /extension gs:[offset]: 2 is ldmxcsr, 3 is stmxcsr.</summary>
    private static void ContextForm(X64Emitter code, int extension, int offset)
    {
        code.Bytes([0x65, 0x0F, 0xAE, (byte)((extension << 3) | 4), 0x25]);
        code.Dword(offset);
    }

    /// <summary>vmovdqu between ymm0..15 and [rdi + image].</summary>
    private static void YmmRegisters(X64Emitter code, byte opcode)
    {
        for (int i = 0; i < 16; i++)
        {
            code.Bytes(
                [0xC5, (byte)(i < 8 ? 0xFE : 0x7E), opcode, (byte)(0x87 | ((i & 7) << 3))]);
            code.Dword(VcpuContextLayout.Ymm + (32 * i));
        }
    }
}
