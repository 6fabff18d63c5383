"""What is fitted on the training set: scalers, class weights, season, main metric."""
