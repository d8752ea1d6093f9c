namespace Discovery;

/// <summary>A set of tables, topics, commands and reactions that is replicated with the rest of the state.</summary>
/// <remarks>
/// Everything that a module declares must be pure: state and entry in, changes out. No clock, randomness, GUID, IO or option may be read
/// inside an apply method or a reaction. All servers of a cluster must have the same modules.
/// </remarks>
public interface IStateModule
{
    /// <summary>A name that is unique in the cluster and never changes; modules are ordered by it.</summary>
    string Name { get; }

    /// <summary>Declares the module's tables, topics, commands and reactions.</summary>
    /// <param name="builder">Takes the declarations.</param>
    void Configure(StateModuleBuilder builder);
}
