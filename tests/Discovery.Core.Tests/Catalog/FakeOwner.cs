namespace Discovery.Catalog;

/// <summary>The agent of node n1: knows one check's history, and notes what it is asked to take out.</summary>
internal sealed class FakeOwner : ILocalOwner
{
    public string Name => "n1";

    public List<string> Asked { get; } = [];

    public IReadOnlyList<CheckObservation> History { get; } =
    [
        new(DateTimeOffset.UnixEpoch, CheckStatus.Passing, "ok"),
        new(DateTimeOffset.UnixEpoch.AddSeconds(10), CheckStatus.Critical, "refused"),
    ];

    public DateTimeOffset DeregisterAt { get; } = DateTimeOffset.UnixEpoch.AddMinutes(1);

    public ValueTask<bool> DeregisterAsync(string? serviceId, string? checkId, CallContext context, CancellationToken cancellationToken)
    {
        Asked.Add($"{serviceId}/{checkId}");
        return ValueTask.FromResult(serviceId is not null || checkId is not null);
    }

    public IReadOnlyList<CheckObservation> HistoryOf(string checkId) => checkId == "http" ? History : [];

    public DateTimeOffset? DeregisterAtOf(string serviceId) => serviceId == "web1" ? DeregisterAt : null;
}
