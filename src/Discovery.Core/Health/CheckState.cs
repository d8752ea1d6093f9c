using Discovery.Runtime;

namespace Discovery.Health;

/// <summary>One check as a pure machine: results and time go in, what to publish comes out. No clock, task or socket inside.</summary>
/// <remarks>
/// A result passes the thresholds and becomes the settled status; the settled status passes the flap detector and becomes the published
/// one. The deregister clock follows the settled status, so that a recovery that is held down still stops it.
/// Times are monotonic and never go back.
/// </remarks>
internal sealed class CheckState
{
    private readonly Random _random;
    private readonly FlapDetector _flap = new();
    private readonly CheckHistory _history = new();
    private CheckThresholds _thresholds;
    private string _lastOutput;
    private int _resultsSinceChange;
    private TimeSpan? _ttlExpiresAt;
    private TimeSpan? _outputDueAt;
    private TimeSpan _outputQuietUntil;
    private bool _deregisterTold;

    public CheckState(CheckSettings settings, TimeSpan now, Random random, string output = "")
    {
        Settings = settings;
        _random = random;
        _lastOutput = output;
        PublishedOutput = output;
        Settled = Published = settings.Initial;
        StartTimers(now);
    }

    public CheckSettings Settings { get; private set; }

    /// <summary>The status after thresholds, before damping.</summary>
    public CheckStatus Settled { get; private set; }

    /// <summary>The status that was last given out.</summary>
    public CheckStatus Published { get; private set; }

    /// <summary>The output that was last given out.</summary>
    public string PublishedOutput { get; private set; }

    /// <summary>The present output, which may not be given out yet.</summary>
    public string Output => _flap.IsFlapping ? $"{FlapNote()}\n{_lastOutput}" : _lastOutput;

    public bool IsFlapping => _flap.IsFlapping;

    /// <summary>When the published status follows the settled one again, if nothing changes.</summary>
    public TimeSpan? HeldUntil => _flap.EndsAt;

    /// <summary>Since when the settled status is critical without a break.</summary>
    public TimeSpan? CriticalSince { get; private set; }

    /// <summary>When the service is to be deregistered, if the check stays critical.</summary>
    public TimeSpan? DeregisterAt => CriticalSince + Settings.DeregisterAfter;

    public CheckHistory History => _history;

    /// <summary>When <see cref="Tick"/> is wanted next; null: not before the next result.</summary>
    public TimeSpan? NextDeadline =>
        Earliest(Earliest(_ttlExpiresAt, _flap.EndsAt), Earliest(OutputDueAt, _deregisterTold ? null : DeregisterAt));

    private TimeSpan? OutputDueAt =>
        _outputDueAt is { } due && _flap.IsFlapping && due < _outputQuietUntil ? _outputQuietUntil : _outputDueAt;

    /// <summary>Takes a result of a run, or a report of the owner of a TTL check.</summary>
    public CheckStep Report(TimeSpan now, CheckResult result)
    {
        CheckStep before = Tick(now);
        if (!Enum.IsDefined(result.Status))
        {
            result = CheckResult.Critical($"the check gave the unknown status {(int)result.Status}: {result.Output}");
        }

        string output = UnicodeText.Mended(result.Output ?? "");
        if (Settings.Kind is CheckKind.Ttl or CheckKind.App or CheckKind.Alias)
        {
            // The other kinds keep the end of what they read, and cut it themselves. Aliases of each other would grow for ever.
            output = CheckText.CutNote(output, Settings.OutputMaxSize);
        }

        if (Settings.Kind == CheckKind.Ttl)
        {
            _ttlExpiresAt = now + Settings.Ttl;
        }

        bool status = Take(now, result with { Output = output });
        CheckStep step = Finish(now, status);
        return before | step;
    }

    /// <summary>Lets time act: TTL expiry, the end of flapping, a deferred output, the deregister deadline.</summary>
    public CheckStep Tick(TimeSpan now)
    {
        bool status = false;
        if (_ttlExpiresAt is { } expiry && expiry <= now)
        {
            _ttlExpiresAt = null;
            string text = _lastOutput.Length == 0
                ? "TTL expired" : $"TTL expired (last output before timeout follows): {_lastOutput}";
            status = Take(expiry, CheckResult.Critical(text));
        }

        if (_flap.TryEnd(now))
        {
            status |= Settled != Published;
        }

        return Finish(now, status);
    }

    /// <summary>Replaces the definition: status, output and history stay, timers and counters start anew.</summary>
    public CheckStep Reconfigure(TimeSpan now, CheckSettings settings)
    {
        Settings = settings;
        _thresholds = default;
        StartTimers(now);
        return settings.IsProbed ? default : Finish(now, Settled != Published);
    }

    private static TimeSpan? Earliest(TimeSpan? a, TimeSpan? b) => a is null || b < a ? b : a;

    private void StartTimers(TimeSpan now)
    {
        _ttlExpiresAt = Settings.Kind == CheckKind.Ttl ? now + Settings.Ttl : null;
        CriticalSince = Settled == CheckStatus.Critical ? now : null;
        _deregisterTold = false;
    }

    // Returns whether the settled status is to be published.
    private bool Take(TimeSpan now, CheckResult result)
    {
        _history.Add(now, result);
        CheckStatus settled = _thresholds.Apply(Settings, Settled, result.Status);
        if (settled == result.Status || result.Status == CheckStatus.Critical && settled != Settled)
        {
            _lastOutput = result.Output;
        }

        bool changed = settled != Settled;
        _resultsSinceChange = changed ? 1 : Math.Min(_resultsSinceChange + 1, 2);
        Settled = settled;
        if (settled != CheckStatus.Critical)
        {
            CriticalSince = null;
            _deregisterTold = false;
        }
        else
        {
            CriticalSince ??= now;
        }

        if (!Settings.IsProbed)
        {
            return settled != Published;
        }

        if (changed)
        {
            bool was = _flap.IsFlapping;
            _flap.Change(now, Settings);
            if (_flap.IsFlapping && !was)
            {
                _outputQuietUntil = now + Settings.FlapHoldDownMax;
            }
        }

        return settled != Published && (!_flap.IsFlapping || (settled > Published && _resultsSinceChange >= 2));
    }

    private CheckStep Finish(TimeSpan now, bool status)
    {
        bool outputOnly = false;
        string output = Output;
        if (status)
        {
            Published = Settled;
            PublishedOutput = output;
            _outputDueAt = null;
        }
        else if (string.Equals(output, PublishedOutput, StringComparison.Ordinal))
        {
            _outputDueAt = null;
        }
        else
        {
            _outputDueAt ??= now + (Settings.OutputUpdateInterval * (0.5 + _random.NextDouble()));
            if (OutputDueAt <= now)
            {
                outputOnly = true;
                PublishedOutput = output;
                _outputDueAt = null;
                _outputQuietUntil = now + Settings.FlapHoldDownMax;
            }
        }

        bool deregister = !_deregisterTold && DeregisterAt <= now;
        _deregisterTold |= deregister;
        return new CheckStep(status, outputOnly, deregister);
    }

    private string FlapNote() =>
        $"Flapping: {Settings.FlapThreshold} or more changes in {Settings.FlapWindow.TotalSeconds:0.###}s; "
        + $"better only after {_flap.HoldDown.TotalSeconds:0.###}s without a change.";
}
