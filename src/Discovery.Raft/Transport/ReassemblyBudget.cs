namespace Discovery.Transport;

/// <summary>The bytes of half-received messages of all connections together.</summary>
internal sealed class ReassemblyBudget(long bytesMax)
{
    private long _used;

    public long Used => Interlocked.Read(ref _used);

    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref _used, bytes) <= bytesMax)
        {
            return true;
        }

        Interlocked.Add(ref _used, -bytes);
        return false;
    }

    public void Return(int bytes) => Interlocked.Add(ref _used, -bytes);
}
