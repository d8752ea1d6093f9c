namespace Discovery.Rpc;

/// <summary>How many bytes of calls and replies a server holds at once, over all connections.</summary>
/// <param name="bytesMax">The limit.</param>
internal sealed class RpcMemory(long bytesMax)
{
    private long _used;

    public long Used => Interlocked.Read(ref _used);

    /// <returns>False when that many more are too many: nothing was taken.</returns>
    public bool TryTake(long bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= bytesMax)
        {
            return true;
        }

        Return(bytes);
        return false;
    }

    public void Return(long bytes) => Interlocked.Add(ref _used, -bytes);
}
