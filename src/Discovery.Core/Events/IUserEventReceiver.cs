namespace Discovery;

/// <summary>Where this node takes in events, whoever fired them and however they came.</summary>
public interface IUserEventReceiver
{
    /// <summary>Takes in an event. Never waits and never throws for what a message has in it.</summary>
    /// <param name="message">The event.</param>
    /// <returns>False when it is no event, or one that has been here before: whoever passes events on need not pass on this one.</returns>
    bool Receive(UserEventMessage message);
}
