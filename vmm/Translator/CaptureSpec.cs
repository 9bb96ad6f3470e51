namespace Dilaton.Translator;

/// <summary>A value to be stored into the record buffer before an instruction.</summary>
internal struct CaptureSpec
{
    public int Instruction;
    public int Slot;
    public sbyte Base;
    public sbyte Index;
    public byte Scale;
}
