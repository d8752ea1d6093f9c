namespace ThreeServers;

/// <summary>Where the sample shows what happens, and where its wishes come from.</summary>
internal interface IScreen
{
    /// <summary>Says something worth a line.</summary>
    void Say(string line);

    /// <summary>Shows the servers as they are now.</summary>
    void Show(IReadOnlyList<ServerProcess> servers);

    /// <summary>Shows how far the writer is.</summary>
    void Written(int acknowledged, TimeSpan longestPause);

    /// <summary>Waits for the next wish: which server to kill or to start again; null for the leader, or whoever is away.</summary>
    Task<int?> NextWishAsync(CancellationToken cancellationToken);
}
