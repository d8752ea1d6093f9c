using Microsoft.Extensions.Logging;

namespace Discovery.Health;

/// <summary>Hands what a check came to on to the sink, whose exceptions end here.</summary>
internal sealed class CheckPublisher(ICheckSink sink, ILogger logger)
{
    /// <summary>What of an output goes into a log line.</summary>
    public const int LoggedOutputBytesMax = 200;

    public void Publish(CheckEntry entry, CheckStep step, bool wasFlapping, TimeSpan now)
    {
        CheckState state = entry.State;
        if (step.PublishStatus && logger.IsEnabled(LogLevel.Information))
        {
            string output = state.PublishedOutput.ReplaceLineEndings(" ");
            Log.StatusChanged(logger, entry.Key, CheckText.StatusName(state.Published), CheckText.Head(output, LoggedOutputBytesMax));
        }

        if (step.PublishStatus || step.PublishOutput)
        {
            Tell(entry.Key, () => sink.OnStatus(entry.Key, state.Published, state.PublishedOutput, outputOnly: !step.PublishStatus));
        }

        if (state.IsFlapping != wasFlapping)
        {
            if (state.IsFlapping)
            {
                Log.Flapping(logger, entry.Key, state.HeldUntil!.Value - now);
            }
            else
            {
                Log.FlappingEnded(logger, entry.Key);
            }

            Tell(entry.Key, () => sink.OnFlapping(entry.Key, state.IsFlapping));
        }

        if (step.DeregisterDue)
        {
            Log.DeregisterDue(logger, entry.Key, state.Settings.DeregisterAfter!.Value);
            Tell(entry.Key, () => sink.OnDeregisterDue(entry.Key));
        }
    }

    private void Tell(CheckKey key, Action call)
    {
        try
        {
            call();
        }
        catch (Exception e)
        {
            Log.SinkFailed(logger, e, key);
        }
    }
}
