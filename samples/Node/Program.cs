using Discovery.Node.Hosting;

return await NodeProgram.RunAsync(args);
