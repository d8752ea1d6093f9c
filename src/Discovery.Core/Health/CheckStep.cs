namespace Discovery.Health;

/// <summary>What one input to <see cref="CheckState"/> leads to.</summary>
/// <param name="PublishStatus">The status (and output) of the state is to be published now.</param>
/// <param name="PublishOutput">Only the output is to be published now.</param>
/// <param name="DeregisterDue">The service has been critical for long enough to be deregistered.</param>
internal readonly record struct CheckStep(bool PublishStatus, bool PublishOutput, bool DeregisterDue)
{
    public bool IsNothing => this == default;

    public static CheckStep operator |(CheckStep a, CheckStep b) =>
        new(a.PublishStatus || b.PublishStatus, a.PublishOutput || b.PublishOutput, a.DeregisterDue || b.DeregisterDue);
}
