Console.WriteLine("trove");
