Console.Error.WriteLine("discovery-node: usage: discovery-node agent [options]");
return 1;
