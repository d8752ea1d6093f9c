namespace Discovery.Benchmarks.Store;

/// <summary>A row of a key/value store.</summary>
internal sealed class StoreRow
{
    public required byte[] Key { get; init; }

    public required byte[] Value { get; init; }

    public ulong Flags { get; init; }

    public ulong CreateIndex { get; init; }

    public ulong ModifyIndex { get; init; }

    public ulong LockIndex { get; init; }

    public long ExpiresTicks { get; init; }

    public Guid Session { get; init; }
}
