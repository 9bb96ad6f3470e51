namespace Dilaton.Models.Memory;

/// <summary>File formats of memory traces (docs/models.md, "Traces").</summary>
public enum TraceFormat
{
    /// <summary>Our own: text, with time, vCPU and kind, and a line that ends it.</summary>
    Dilaton,

    /// <summary>SST Prospero's text: cycle, R or W, address, size.</summary>
    Prospero,

    /// <summary>SST Prospero's records of 21 bytes.</summary>
    ProsperoBinary,

    /// <summary>gem5's packet trace: protobuf, compressed by gzip or not.</summary>
    Gem5,
}
