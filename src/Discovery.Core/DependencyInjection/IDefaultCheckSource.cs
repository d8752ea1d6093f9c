namespace Discovery;

/// <summary>Makes the check of a service of this app that was declared without any.</summary>
public interface IDefaultCheckSource
{
    /// <summary>Makes the check.</summary>
    /// <param name="registration">The service, with its real address.</param>
    /// <param name="cancellationToken">Ends the wait for a first result.</param>
    /// <returns>The check, its status that of now; null: the service gets none.</returns>
    ValueTask<CheckDefinition?> CreateAsync(ServiceRegistration registration, CancellationToken cancellationToken = default);
}
