using System.Collections.Concurrent;
using Discovery.Protocol;
using Discovery.Storage;

namespace Discovery.Driver;

/// <summary>Fetches what the core no longer has in memory, and sends snapshots to those whom the log no longer reaches.</summary>
internal sealed class Loader(RaftParts parts, RaftInbox inbox, CancellationToken stopping)
{
    private static readonly TimeSpan s_pauseMin = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_pauseMax = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<VoterId, TimeSpan> _pauses = new();

    /// <summary>What went wrong on the disk ends the node's part in the cluster.</summary>
    public Action<Exception>? Failed { get; set; }

    public void Load(LoadRequest request) => _ = parts.Runtime.Start(() =>
    {
        try
        {
            List<LogEntry> entries = [];
            parts.Log.Read(request.First, request.Last, request.BytesMax, entries);
            inbox.Post((core, now) => core.OnLoaded(request, entries, now));
        }
        catch (Exception e)
        {
            Failed?.Invoke(e);
        }

        return Task.CompletedTask;
    });

    /// <summary>Sends the newest snapshot; a witness gets what it stands for, without the state.</summary>
    public void SendSnapshot(RaftMember peer, ulong term) => _ = parts.Runtime.Start(() => SendAsync(peer.Id, peer.Role, term));

    private async Task SendAsync(VoterId peer, MemberRole role, ulong term)
    {
        LogPosition? sent = null;
        try
        {
            if (parts.Snapshots.OpenNewest() is var (meta, bytes))
            {
                await using (bytes)
                {
                    await parts.Transport.SendSnapshotAsync(
                        peer, term, meta, role == MemberRole.Witness ? Stream.Null : bytes, stopping);
                }

                sent = meta.Last;
                _pauses.TryRemove(peer, out _);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or StorageException)
        {
            // Told to the core as not sent, but not at once: it tries again while the peer needs it, and a peer may have no room for long.
            await PauseAsync(peer);
        }

        inbox.Post((core, now) => core.OnSnapshotSent(peer, sent, now));
    }

    private async Task PauseAsync(VoterId peer)
    {
        TimeSpan pause = _pauses.AddOrUpdate(peer, s_pauseMin, static (_, last) => last * 2 < s_pauseMax ? last * 2 : s_pauseMax);
        try
        {
            await Task.Delay(pause, parts.Runtime.Time, stopping);
        }
        catch (OperationCanceledException)
        {
            // It stops.
        }
    }
}
