namespace Discovery;

/// <summary>One reason why a check definition is refused.</summary>
/// <param name="Field">The property of <see cref="CheckDefinition"/> that is wrong.</param>
/// <param name="Message">What is wrong with it; Consul's words where Consul has the rule.</param>
public sealed record CheckDefinitionFailure(string Field, string Message);
