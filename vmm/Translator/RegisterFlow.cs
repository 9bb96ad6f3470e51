using System.Runtime.CompilerServices;
using Dilaton.Native;
using Iced.Intel;

namespace Dilaton.Translator;

/// <summary>From which loads the general registers and the status flags come after part of a block: the
/// latest one of the block, as the index of its template, and the registers that the block found.</summary>
internal struct RegisterFlow
{
    private const short NoTemplate = -1;

    private Templates _templates;
    private Masks _masks;

    public FlagsOrigin Flags { get; private set; }

    /// <summary>At the head of a block every register is as the block found it.</summary>
    public static RegisterFlow AtHead
    {
        get
        {
            RegisterFlow flow = new() { Flags = new FlagsOrigin(NoTemplate, 0, IsFound: true) };
            for (int i = 0; i < 16; i++)
            {
                flow.Set(i, NoTemplate, (ushort)(1 << i));
            }

            return flow;
        }
    }

    /// <summary>What a value that is computed from these registers comes from.</summary>
    public readonly (short Template, ushort Found) Union(int registers)
    {
        short template = NoTemplate;
        int found = 0;
        for (int i = 0; i < 16; i++)
        {
            if ((registers & (1 << i)) != 0)
            {
                template = Math.Max(template, _templates[i]);
                found |= _masks[i];
            }
        }

        return (template, (ushort)found);
    }

    /// <summary>Carries it over an instruction.</summary>
    /// <param name="load">Template of its last access that reads, or -1.</param>
    public void Follow(in GuestInstruction item, short load)
    {
        int written = item.WrittenRegisters;
        if (item.Decoded.IsStackInstruction)
        {
            // The stack engine keeps the pointer.
            written &= ~(1 << X64Emitter.Rsp);
        }

        (short template, ushort found) = load >= 0
            ? (load, (ushort)0)
            : Union(item.UsedRegisters & ~item.ReplacedRegisters);
        for (int i = 0; i < 16; i++)
        {
            if ((written & (1 << i)) != 0)
            {
                Set(i, template, found);
            }
        }

        if (item.Decoded.RflagsModified != RflagsBits.None)
        {
            Flags = new FlagsOrigin(template, found, IsFound: false);
        }
    }

    /// <summary>The same without what stays as the block found it.</summary>
    /// <param name="templates">From the block's first on.</param>
    public readonly ProducerFlow ToProducers(ReadOnlySpan<AccessTemplate> templates)
    {
        ProducerFlow flow = default;
        for (int i = 0; i < 16; i++)
        {
            if (_templates[i] >= 0)
            {
                flow.SetLoad(i, templates[_templates[i]].OffsetUnits);
            }
            else if (_masks[i] != 1 << i)
            {
                flow.SetFound(i, _masks[i]);
            }
        }

        if (Flags.Template >= 0)
        {
            flow.SetLoad(ProducerFlow.Flags, templates[Flags.Template].OffsetUnits);
        }
        else if (!Flags.IsFound)
        {
            flow.SetFound(ProducerFlow.Flags, Flags.Found);
        }

        return flow;
    }

    private void Set(int register, short template, ushort found)
    {
        _templates[register] = template;
        _masks[register] = found;
    }

    [InlineArray(16)]
    private struct Templates
    {
        private short _first;
    }

    [InlineArray(16)]
    private struct Masks
    {
        private ushort _first;
    }
}
