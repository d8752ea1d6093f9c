using Discovery.Protocol;
using Discovery.Transport;

namespace Discovery.Driver;

/// <summary>A proposal that waits for its outcome. Exactly one of apply, refusal, withdrawal and give-up answers it.</summary>
/// <remarks>
/// Its entry is encoded by whoever proposes, all but the times: megabytes that the driver's loop would copy are heartbeats that come late,
/// most of all while a collection in the background lets no large array be made.
/// </remarks>
internal sealed class RaftProposal(in ForwardedProposal command)
{
    private const int Queued = 0;
    private const int Taken = 1;
    private const int Withdrawn = 2;

    private readonly TaskCompletionSource<ProposalResult> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _state = Queued;

    public EntryKind Kind { get; } = command.Kind;

    /// <summary>The entry's bytes, which the leader stamps (<see cref="Office.Stamp"/>).</summary>
    public byte[] Entry { get; } = command.Kind == EntryKind.Command
        ? new CommandEnvelope(
            TimeSpan.Zero, DateTimeOffset.MinValue, command.ClientId, command.Sequence, command.CommandId, command.Body).ToArray()
        : command.Body.ToArray();

    /// <summary>Where it is in the leader's log, once it is.</summary>
    public LogPosition At { get; set; }

    public Task<ProposalResult> Answer => _answer.Task;

    /// <summary>Claims the proposal for the log; false when the caller has given up before that.</summary>
    public bool TryTake() => Interlocked.CompareExchange(ref _state, Taken, Queued) == Queued;

    public void Complete(ProposalResult result) => _answer.TrySetResult(result);

    /// <summary>The caller gives up: surely not applied while still queued, unknown afterwards.</summary>
    public void GiveUp() => _answer.TrySetResult(
        Interlocked.CompareExchange(ref _state, Withdrawn, Queued) == Queued
            ? ProposalResult.NotApplied(ProposalRefusal.Cancelled)
            : ProposalResult.Unknown(ProposalRefusal.Cancelled));
}
