namespace Discovery;

/// <summary>A set of tables, topics, commands and reactions that is replicated with the rest of the state.</summary>
/// <remarks>
/// Everything that a module declares must be pure: state and entry in, changes out. No clock, randomness, GUID, IO or option may be read
/// inside an apply method or a reaction. All servers of a cluster must have the same modules.
/// A command that cannot be carried out says so by its result; one that throws is rolled back, and its caller learns no reason.
/// </remarks>
public interface IStateModule
{
    /// <summary>A name that is unique in the cluster and never changes; modules are ordered by it.</summary>
    string Name { get; }

    /// <summary>Declares the module's tables, topics, commands and reactions.</summary>
    /// <param name="builder">Takes the declarations.</param>
    void Configure(StateModuleBuilder builder);
}
