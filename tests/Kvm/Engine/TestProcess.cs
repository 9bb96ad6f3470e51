using Dilaton.Core;
using Dilaton.Kvm;
using Dilaton.Native;

namespace Dilaton.Tests.Kvm;

/// <summary>A process of one page of code, data behind it and nothing else, and an engine for it.
/// </summary>
internal sealed class TestProcess : IGuestAddressSpace, IDisposable
{
    public const ulong Code = 0x40_0000;
    public const ulong Data = 0x60_0000;
    public const ulong DataEnd = Data + 0x10000;

    /// <summary>A window of two pages, where data may be stored; one page behind it that may only be
    /// read; then memory.</summary>
    public const ulong Window = 0x70_0000;
    public const ulong ReadOnlyWindow = Window + 0x2000;
    public const ulong WindowsEnd = Window + 0x3000;
    public const ulong WindowPhysical = 0x80_0000_0000;

    /// <summary>Inside of the address window, and nothing is there.</summary>
    public const ulong Nowhere = 0x1000_0000;

    private readonly GuestPlace _place;
    private readonly GuestMemory _memory;
    private readonly List<ICodeObserver> _observers = [];
    private readonly List<GuestPageRun> _runs = [];

    public TestProcess(
        ReadOnlySpan<byte> code,
        int vcpus = 1,
        DetailPlan? details = null,
        IDetailSink? sink = null,
        long? written = null,
        IWrittenPagesSink? pages = null)
    {
        _place = GuestPlace.Reserve(
            0, [new GuestRegion(GuestLayout.LowestAddress, GuestLayout.EngineStart)]);
        _memory = GuestMemory.Create(_place);
        _memory.BecomeResident();
        Add(new GuestPageRun(Code, Code + GuestPage.SizeBytes, true, false, true));
        Add(new GuestPageRun(Data, DataEnd, true, true, false));
        Add(new GuestPageRun(WindowsEnd, WindowsEnd + GuestPage.SizeBytes, true, true, false));
        _memory.Map(Window, WindowsEnd - Window, HostProtection.ReadWrite);
        _memory.Protect(Window, WindowsEnd - Window, HostProtection.None);
        _memory.Protect(Code, GuestPage.SizeBytes, HostProtection.ReadWrite);
        code.CopyTo(_memory.Span(Code, code.Length));
        Engine = new KvmProgramEngine(
            new KvmEngineOptions
            {
                VcpuCount = vcpus,
                Host = NeedsKvmFactAttribute.Report,
                Details = details,
                WrittenPagesNanoseconds = written,
            },
            this,
            sink,
            pages);
        foreach (IVcpu vcpu in Engine.Vcpus)
        {
            vcpu.Registers = new GuestRegisters { Rip = Code, Rsp = DataEnd, Rflags = 0x202 };
        }
    }

    public KvmProgramEngine Engine { get; }

    public IVcpu Vcpu => Engine.Vcpus[0];

    public Span<byte> Bytes(ulong address, int length) => _memory.Span(address, length);

    public void Replace(GuestPageRun old, GuestPageRun with)
    {
        _runs.Remove(old);
        _runs.Add(with);
        _memory.Protect(with.Start, with.End - with.Start, HostProtection.None);
        _memory.Protect(
            with.Start,
            with.End - with.Start,
            with.MayWrite ? HostProtection.ReadWrite : HostProtection.Read);
        foreach (ICodeObserver observer in _observers)
        {
            observer.ProtectionChanged(with.Start, with.End - with.Start);
        }
    }

    public GuestPageRun RunAt(ulong address) =>
        _runs.Single(run => run.Start <= address && address < run.End);

    public bool TryFindPages(ulong address, out GuestPageRun pages)
    {
        pages = _runs.Find(run => run.Start <= address && address < run.End);
        return pages.End != 0;
    }

    public bool TryFindWindow(
        ulong address, ulong lengthBytes, bool isStore, out GuestPhysicalAddress physical)
    {
        ulong end = address < ReadOnlyWindow ? ReadOnlyWindow : WindowsEnd;
        physical = new GuestPhysicalAddress(address - Window + WindowPhysical);
        return address is >= Window and < WindowsEnd && lengthBytes <= end - address
            && !(isStore && address >= ReadOnlyWindow);
    }

    public Span<byte> OpenWindow(ulong address, int lengthBytes)
    {
        ProtectWindow(address, lengthBytes, HostProtection.ReadWrite);
        return _memory.Span(address, lengthBytes);
    }

    public void CloseWindow(ulong address, int lengthBytes) =>
        ProtectWindow(address, lengthBytes, HostProtection.None);

    public int FetchCode(ulong address, Span<byte> destination)
    {
        if (!TryFindPages(address, out GuestPageRun run) || !run.MayExecute)
        {
            return 0;
        }

        int length = (int)Math.Min((ulong)destination.Length, run.End - address);
        _memory.Span(address, length).CopyTo(destination);
        return length;
    }

    public GuestPhysicalAddress Translate(GuestVirtualAddress address) => new(address.Value);

    public void WatchCode(ulong pageAddress) =>
        throw new InvalidOperationException("KVM translates no code");

    public void Observe(ICodeObserver observer) => _observers.Add(observer);

    /// <summary>Runs the first vCPU, in slices, to an exit other than the end of a slice.</summary>
    public VcpuExit RunToExit(uint budget = 1_000_000)
    {
        VcpuExit exit;
        do
        {
            exit = Vcpu.Run(budget);
        }
        while (exit.Reason == ExitReason.BudgetExhausted);

        return exit;
    }

    public void Dispose()
    {
        Engine.Dispose();
        _memory.Dispose();
        _place.Dispose();
    }

    private void ProtectWindow(ulong address, int lengthBytes, HostProtection protection)
    {
        ulong start = GuestPage.Floor(address);
        _memory.Protect(
            start, GuestPage.Ceiling(address + (ulong)lengthBytes) - start, protection);
    }

    private void Add(GuestPageRun run)
    {
        _memory.Map(
            run.Start,
            run.End - run.Start,
            run.MayWrite ? HostProtection.ReadWrite : HostProtection.Read);
        _runs.Add(run);
    }
}
