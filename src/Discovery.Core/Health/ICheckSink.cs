namespace Discovery.Health;

/// <summary>Takes what the checks of this node find.</summary>
/// <remarks>Called by one loop, one call at a time: it must return soon and never wait for the runner.</remarks>
internal interface ICheckSink
{
    /// <summary>A status, or (<paramref name="outputOnly"/>) only the output of an unchanged one, is to be published.</summary>
    void OnStatus(CheckKey key, CheckStatus status, string output, bool outputOnly);

    /// <summary>The check was critical for its <see cref="CheckDefinition.DeregisterCriticalServiceAfter"/>; told once.</summary>
    void OnDeregisterDue(CheckKey key);

    /// <summary>A check began or ceased to flap. Nothing needs to be published for it.</summary>
    void OnFlapping(CheckKey key, bool flapping)
    {
    }
}
