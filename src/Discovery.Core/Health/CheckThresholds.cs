namespace Discovery.Health;

/// <summary>Turns a row of results into a status: how many in a row it takes. Pure.</summary>
/// <remarks>
/// Until a threshold is reached the status stays what it was, the initial one included; a failure never makes it better.
/// </remarks>
internal struct CheckThresholds
{
    private int _successes;
    private int _failures;

    public CheckStatus Apply(CheckSettings settings, CheckStatus current, CheckStatus result)
    {
        if (!settings.IsProbed)
        {
            return result;
        }

        if (result != CheckStatus.Critical)
        {
            _failures = 0;
            _successes = Math.Min(_successes + 1, settings.SuccessBeforePassing);
            return _successes >= settings.SuccessBeforePassing ? result : current;
        }

        _successes = 0;
        _failures = Math.Min(_failures + 1, settings.FailuresBeforeCritical);
        if (_failures >= settings.FailuresBeforeCritical)
        {
            return CheckStatus.Critical;
        }

        return _failures >= settings.FailuresBeforeWarning && current == CheckStatus.Passing ? CheckStatus.Warning : current;
    }
}
