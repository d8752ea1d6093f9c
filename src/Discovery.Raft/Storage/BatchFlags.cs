namespace Discovery.Storage;

/// <summary>What a batch is beside its entries; the numbers are on disk.</summary>
[Flags]
internal enum BatchFlags : uint
{
    None = 0,

    /// <summary>The log begins anew after the batch's last of before.</summary>
    Reset = 1,

    /// <summary>The segment ends here, and the log goes on in the next one.</summary>
    Seal = 2,
}
