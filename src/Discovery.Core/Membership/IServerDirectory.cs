namespace Discovery;

/// <summary>The other servers that keep the log with this one: how a package that knows them makes them members.</summary>
public interface IServerDirectory
{
    /// <summary>The others, by name; another list after each change.</summary>
    IReadOnlyList<KnownServer> Servers { get; }

    /// <summary>Waits until <see cref="Servers"/> is another list.</summary>
    /// <param name="seen">The list that was read last.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask WaitForChangeAsync(IReadOnlyList<KnownServer> seen, CancellationToken cancellationToken = default);
}
