namespace Discovery.Rpc;

/// <summary>Sends back what comes, until the other side has no more to say or the node stops.</summary>
internal sealed class EchoHandler(byte protocol = 0x52, bool ignoresStop = false) : INodeConnectionHandler
{
    private int _served;

    public byte Protocol => protocol;

    public string Name => "echo";

    public int Served => Volatile.Read(ref _served);

    /// <summary>Completes when a stop has been seen.</summary>
    public TaskCompletionSource SawStop { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async Task HandleAsync(NodeConnection connection, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _served);
        using CancellationTokenRegistration stop = cancellationToken.Register(() => SawStop.TrySetResult());
        byte[] buffer = new byte[256];
        CancellationToken token = ignoresStop ? default : cancellationToken;
        while (await connection.Stream.ReadAsync(buffer, token) is var count and > 0)
        {
            await connection.Stream.WriteAsync(buffer.AsMemory(0, count), token);
        }
    }
}
