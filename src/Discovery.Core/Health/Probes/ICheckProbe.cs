namespace Discovery.Health;

/// <summary>One way to learn a status. Runs of one probe never overlap.</summary>
internal interface ICheckProbe
{
    /// <summary>Runs once; what it throws is a critical result.</summary>
    /// <param name="cancellationToken">Cancelled at the time limit; the probe returns soon after.</param>
    ValueTask<CheckResult> RunAsync(CancellationToken cancellationToken);
}

/// <summary>Makes the probe for a definition.</summary>
internal interface ICheckProbeFactory
{
    ICheckProbe Create(CheckDefinition definition, CheckSettings settings);
}
