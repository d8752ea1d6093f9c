namespace Discovery.Transport;

/// <summary>What a server makes of those who say who they are.</summary>
internal interface IIntroductions
{
    /// <summary>A server of this cluster, or of none yet, has connected.</summary>
    void Heard(Hello hello);

    /// <summary>Adds to the answer of an introduction what the other one asks for.</summary>
    ValueTask<Hello> AnswerAsync(Hello hello, Hello answer, CancellationToken cancellationToken);
}
