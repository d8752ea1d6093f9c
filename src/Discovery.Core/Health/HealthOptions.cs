namespace Discovery;

/// <summary>Limits and defaults of the health checks of one node.</summary>
public sealed class HealthOptions
{
    /// <summary>How many bytes of a check's output are kept at most.</summary>
    /// <value>4096.</value>
    public int CheckOutputMaxSize { get; set; } = 4096;

    /// <summary>Mean delay of a change of the output alone; a change of the status is published at once.</summary>
    /// <remarks>The delay is half of this plus a random part of up to the whole. Zero publishes every change at once.</remarks>
    /// <value>Five minutes.</value>
    public TimeSpan OutputUpdateInterval { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How many changes of status within <see cref="FlapWindow"/> make a check flapping; 0 turns damping off.</summary>
    /// <remarks>
    /// From that change on a worse status needs two results in a row, and a better one must hold for the hold-down time. TTL and alias
    /// checks are not damped: their status is somebody's word.
    /// </remarks>
    /// <value>3.</value>
    public int FlapThreshold { get; set; } = 3;

    /// <summary>The time in which <see cref="FlapThreshold"/> changes are flapping; for slow checks it is stretched to as many intervals
    /// and one more.</summary>
    /// <value>One minute.</value>
    public TimeSpan FlapWindow { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a flapping check must stay the same before a better status is published; doubled at each relapse.</summary>
    /// <remarks>For slow checks it is at least two intervals and one time limit.</remarks>
    /// <value>30 seconds.</value>
    public TimeSpan FlapHoldDown { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The limit of the doubling of <see cref="FlapHoldDown"/>.</summary>
    /// <value>15 minutes.</value>
    public TimeSpan FlapHoldDownMax { get; set; } = TimeSpan.FromMinutes(15);

    /// <summary>Whether checks may run programs on this machine.</summary>
    /// <value>False.</value>
    public bool EnableScriptChecks { get; set; }

    /// <summary>The time limit of one run of a check that names none, except scripts.</summary>
    /// <value>10 seconds.</value>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The time limit of one run of a script that names none.</summary>
    /// <value>30 seconds.</value>
    public TimeSpan ScriptTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How many bytes one run may read; a run that is sent more is critical.</summary>
    /// <value>16 MiB.</value>
    public int ProbeReadBytesMax { get; set; } = 16 * 1024 * 1024;

    /// <summary>How many checks run at the same time; others wait their turn.</summary>
    /// <value>256.</value>
    public int ConcurrentProbesMax { get; set; } = 256;

    /// <summary>How often an alias check is evaluated without any change being told.</summary>
    /// <value>One minute.</value>
    public TimeSpan AliasRefreshInterval { get; set; } = TimeSpan.FromMinutes(1);
}
