namespace Dilaton.Guest;

/// <summary>Who a guest process is: the same in every run, whoever runs it on the host.</summary>
internal static class GuestIdentity
{
    public const int FirstProcessId = 1000;
    public const int ParentProcessId = 1;
    public const int UserId = 1000;
    public const int GroupId = 1000;
    public const string SystemName = "Linux";
    public const string NodeName = "dilaton";
    public const string Release = "6.1.0";
    public const string Version = "#1 SMP PREEMPT_DYNAMIC Dilaton";
    public const string Machine = "x86_64";
}
