using Discovery.State.Snapshots;

namespace Discovery;

/// <summary>Snapshots of a state machine over streams that are slow, such as a request body.</summary>
public static class StateMachineStreams
{
    /// <summary>Writes the newest published state; the machine goes on meanwhile.</summary>
    /// <param name="stateMachine">The machine.</param>
    /// <param name="output">Where it goes.</param>
    /// <param name="cancellationToken">Ends the writing; what is there by then is no snapshot.</param>
    /// <returns>The position of what was written.</returns>
    public static async ValueTask<StatePosition> WriteSnapshotAsync(
        this StateMachine stateMachine, Stream output, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stateMachine);
        StateSnapshot snapshot = stateMachine.Current;
        using var writer = new SnapshotWriter(snapshot);
        foreach (ReadOnlyMemory<byte> piece in writer.Pieces())
        {
            await output.WriteAsync(piece, cancellationToken);
        }

        return snapshot.Position;
    }

    /// <summary>Writes a state as a snapshot.</summary>
    /// <param name="snapshot">The state.</param>
    /// <param name="output">Where it goes.</param>
    public static void Write(this StateSnapshot snapshot, Stream output)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        ArgumentNullException.ThrowIfNull(output);
        using var writer = new SnapshotWriter(snapshot);
        foreach (ReadOnlyMemory<byte> piece in writer.Pieces())
        {
            output.Write(piece.Span);
        }
    }

    /// <summary>Opens a state as the stream of its snapshot, which is made while it is read: it is nowhere as a whole.</summary>
    /// <param name="snapshot">The state.</param>
    /// <returns>A stream that is read once, to be disposed of.</returns>
    public static Stream OpenRead(this StateSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        return new StateStream(snapshot);
    }

    /// <summary>Reads a snapshot without putting it in place.</summary>
    /// <param name="stateMachine">The machine that it is for.</param>
    /// <param name="input">Where it comes from; read to the end of the snapshot.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The state.</returns>
    /// <exception cref="DiscoveryException">The snapshot is damaged, incomplete, or of modules or schemas that this server
    /// lacks.</exception>
    public static async ValueTask<StateSnapshot> ReadSnapshotAsync(
        this StateMachine stateMachine, Stream input, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stateMachine);
        ArgumentNullException.ThrowIfNull(input);
        using var blocks = new SnapshotBlocks(new SnapshotLoader(stateMachine.Schema));
        while (blocks.Result is null)
        {
            Memory<byte> next = blocks.Next;
            blocks.Accept(await input.ReadAtLeastAsync(next, next.Length, throwOnEndOfStream: false, cancellationToken));
        }

        return blocks.Result;
    }
}
