using Discovery.Sockets;
using Discovery.Snapshots;
using Discovery.Wire;
using Microsoft.Extensions.Logging;

namespace Discovery.Rpc;

/// <summary>Byte 5: the connection is one snapshot, saved or restored.</summary>
/// <remarks>
/// One request comes, one response goes. After a request to save, the archive follows the response, to the end of the connection; a request
/// to restore is followed by the archive, to the end of what the other side sends.
/// </remarks>
internal sealed class SnapshotHandler(NodeRuntime runtime, RpcOptions options, CallScope scope, SnapshotSource source)
    : INodeConnectionHandler
{
    private const int RequestBytesMax = 64 * 1024;
    private const ulong Save = 0;
    private const ulong Restore = 1;

    private static readonly RpcShape<SnapshotRequest> s_shape = new(
        RpcFields.Datacenter<SnapshotRequest>(),
        RpcFields.Token<SnapshotRequest>(),
        new("AllowStale", static (ref reader, request) => reader.ReadBoolean(ref request.AllowStale)),
        new("Op", static (ref reader, request) => reader.ReadUnsigned(ref request.Operation)));

    private readonly LogLimit _failures = new(runtime.Time);

    public byte Protocol => 5;

    public string Name => "snapshot";

    public async Task HandleAsync(NodeConnection connection, CancellationToken cancellationToken)
    {
        using var input = new RpcInput(connection.Stream, RequestBytesMax);
        ReadOnlyMemory<byte>? body;
        using (var deadline = new CancellationTokenSource(options.RequestTimeout, runtime.Time))
        using (var bound = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken))
        {
            body = await input.ReadAsync(bound.Token);
        }

        if (body is not { } bytes)
        {
            return;
        }

        SnapshotRequest request;
        try
        {
            request = RpcReader.Read(bytes.Span, s_shape);
        }
        catch (RpcBodyException)
        {
            return;
        }

        var archive = new PrefixedStream(input.Rest.ToArray(), connection.Stream);
        if (await AnswerAsync(connection, request, archive, cancellationToken) is { } failure && _failures.ShouldLog(out long count))
        {
            Log.CallFailed(source.Logger, Name, count, failure);
        }
    }

    private async Task<Exception?> AnswerAsync(
        NodeConnection connection, SnapshotRequest request, Stream archive, CancellationToken cancellationToken)
    {
        try
        {
            CallContext context = Check(request, connection);
            if (request.Operation == Save)
            {
                await SaveAsync(connection, request, context, cancellationToken);
                return null;
            }

            await source.Snapshots.RestoreAsync(archive, context, cancellationToken);
            await RespondAsync(connection.Stream, "", 0, TimeSpan.Zero, isLeaderKnown: false, cancellationToken);
            return null;
        }
        catch (DiscoveryException e)
        {
            await RespondAsync(connection.Stream, e.Message, 0, TimeSpan.Zero, isLeaderKnown: false, cancellationToken);
            return null;
        }
        catch (Exception e) when (e is not (IOException or OperationCanceledException))
        {
            await RespondAsync(connection.Stream, "internal error", 0, TimeSpan.Zero, isLeaderKnown: false, cancellationToken);
            return e;
        }
    }

    private CallContext Check(SnapshotRequest request, NodeConnection connection)
    {
        if (!string.Equals(request.Datacenter, scope.Datacenter, StringComparison.OrdinalIgnoreCase))
        {
            throw new DiscoveryException(DiscoveryError.NoPathToDatacenter, "No path to datacenter");
        }

        return request.Operation is Save or Restore
            ? new CallContext
            {
                Token = request.Token.Length > 0 ? request.Token : null,
                Datacenter = request.Datacenter,
                SourceAddress = connection.Remote.Address,
            }
            : throw new DiscoveryException(DiscoveryError.InvalidRequest, $"unrecognized snapshot op {request.Operation}");
    }

    private async Task SaveAsync(
        NodeConnection connection, SnapshotRequest request, CallContext context, CancellationToken cancellationToken)
    {
        var query = new QueryOptions
        {
            Context = context,
            Consistency = request.AllowStale ? ReadConsistency.Stale : ReadConsistency.Consistent,
        };
        using ClusterSnapshot snapshot = await source.Snapshots.OpenAsync(query, cancellationToken);
        await RespondAsync(
            connection.Stream, "", snapshot.Index, snapshot.LastContact, snapshot.IsLeaderKnown, cancellationToken);
        try
        {
            await snapshot.WriteToAsync(connection.Stream, cancellationToken);
        }
        catch (Exception e) when (e is not (IOException or OperationCanceledException))
        {
            // The response is said: whoever has the beginning must not take it for the whole.
            connection.Abort();
            throw new IOException("the archive was not written to its end", e);
        }
    }

    private async Task RespondAsync(
        Stream output, string error, ulong index, TimeSpan lastContact, bool isLeaderKnown, CancellationToken cancellationToken)
    {
        using var buffer = new WireBuffer();
        Write(buffer, error, index, lastContact, isLeaderKnown);
        using var deadline = new CancellationTokenSource(options.RequestTimeout, runtime.Time);
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        await output.WriteAsync(buffer.WrittenMemory, bound.Token);
    }

    private static void Write(WireBuffer buffer, string error, ulong index, TimeSpan lastContact, bool isLeaderKnown)
    {
        var writer = new MessagePackWriter(buffer) { OldSpec = true };
        writer.WriteMapHeader(5);
        writer.Write("ConsistencyLevel");
        writer.Write("");
        writer.Write("Error");
        writer.Write(error);
        writer.Write("Index");
        writer.Write(index);
        writer.Write("KnownLeader");
        writer.Write(isLeaderKnown);
        writer.Write("LastContact");
        RpcReplies.WriteDuration(ref writer, lastContact);
        writer.Flush();
    }

    private sealed class SnapshotRequest : RpcRequest
    {
        public ulong Operation;
    }
}
