using Discovery.State;

namespace Discovery;

/// <summary>The leader's duty to let go of topics whose objects have been absent for long.</summary>
/// <remarks>
/// Once a minute it notes the index reached so far. What last changed at or below an index that is older than
/// <see cref="TopicReaperOptions.AbsentFor"/> is proposed for reaping, in bounded batches. A reaped topic reads the floor of its space, so
/// no index goes back, and nobody is woken by it.
/// </remarks>
public sealed class TopicReaper
{
    private readonly ICommandLog _log;
    private readonly NodeRuntime _runtime;
    private readonly TopicReaperOptions _options;
    private readonly Queue<(TimeSpan At, ulong Index)> _samples = new();

    /// <summary>Creates the duty; it does nothing until it runs.</summary>
    /// <param name="log">Where it proposes.</param>
    /// <param name="runtime">Its clock.</param>
    /// <param name="options">When it reaps.</param>
    public TopicReaper(ICommandLog log, NodeRuntime runtime, TopicReaperOptions options)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(runtime);
        ArgumentNullException.ThrowIfNull(options);
        _log = log;
        _runtime = runtime;
        _options = options;
    }

    /// <summary>Reaps, while this node leads, until it is cancelled.</summary>
    /// <param name="cancellationToken">Ends the duty.</param>
    /// <returns>A task that ends with the duty.</returns>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(_options.SampleInterval, _runtime.Time, cancellationToken);
            if (!_log.Leadership.IsLeader)
            {
                _samples.Clear();
                continue;
            }

            if (Sample() is { } index)
            {
                await ReapAsync(index, cancellationToken);
            }
        }
    }

    // The newest index that is old enough, or null. In cluster time, which goes on over changes of leadership and restarts.
    private ulong? Sample()
    {
        TimeSpan now = _log.ClusterTime;
        ulong? oldEnough = null;
        while (_samples.TryPeek(out (TimeSpan At, ulong Index) oldest) && now - oldest.At >= _options.AbsentFor)
        {
            oldEnough = oldest.Index;
            _samples.Dequeue();
        }

        _samples.Enqueue((now, _log.StateMachine.Current.Index));
        return oldEnough;
    }

    private async Task ReapAsync(ulong index, CancellationToken cancellationToken)
    {
        while (_log.Leadership.IsLeader && _log.StateMachine.Current.Topics.HasAbsentUpTo(index))
        {
            byte[] body = SystemCommands.EncodeReapTopics(index, _options.BatchTopics);
            var proposal = new CommandProposal(SystemCommand.ReapTopics, body, Guid.Empty, 0, CallContext.Local);
            ProposalResult result = await _log.ProposeAsync(proposal, cancellationToken);
            if (result.Outcome != ProposalOutcome.Applied)
            {
                return;
            }
        }
    }
}
