namespace Discovery.Testing;

/// <summary>A module that is planted, and gets to see the machine that it is part of.</summary>
internal interface IPeekingModule : IStateModule
{
    StateMachine? Machine { get; set; }
}
